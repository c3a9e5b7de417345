"""The numbered facts of the demonstration year: figure and value. The program knows none of them."""
FACTS = [
    ("leader_duty.sessions", 16),
    ("appraisal.satisfaction_rate", 100),
    ("study_list.categories", 4),
    ("legal_review.public_lawyer", 34),
    ("legal_review.enforcement", 26),
    ("disclosure_item.published", 5),
    ("disclosure_item.official_docs", 0),
    ("disclosure_item.rate", 100),
]
