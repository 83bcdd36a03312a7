"""The words for what is judged of two firms."""

SAME, DIFFERENT, UNDO = "同一", "不同", "撤销"

# By what two names are alike where they are not the same.
SAME_CORE = "去掉地名与公司形式后名称相同"
IN_ORDER = "各字依次见于名称"
