"""Currencies by their codes (ISO 4217): what they are called, and which column says that of an amount."""

CURRENCY_ZH = {
    **{"CNY": "元", "USD": "美元", "HKD": "港元", "EUR": "欧元", "JPY": "日元", "KRW": "韩元", "GBP": "英镑"},
    **{"TWD": "新台币", "SGD": "新加坡元", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎"},
}
CURRENCY_WORDS = {zh: code for code, zh in CURRENCY_ZH.items()} | {
    **{"人民币": "CNY", "美金": "USD", "港币": "HKD", "日圆": "JPY", "韩圆": "KRW", "台币": "TWD", "新元": "SGD"},
    **{"澳大利亚元": "AUD", "加拿大元": "CAD"},
}
CURRENCY_OF = {  # the other amounts are in yuan
    **{"capital": "capital_currency", "paid_in": "capital_currency"},
    **{"amount": "currency", "annual_amount": "currency"},
}
