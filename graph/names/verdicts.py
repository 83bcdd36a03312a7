"""The words for what is judged of two firms."""

SAME, DIFFERENT, UNDO = "同一", "不同", "撤销"
