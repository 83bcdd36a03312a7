"""Where a chain breaks, how badly, and what would mend it: facts, rules, judgement, certificates, what if."""
