"""The faces of 卡位入链."""
