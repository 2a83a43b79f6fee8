"""The SQL of the site's pages."""

SEARCH = """
select n.id, n.title, n.province, n.published, n.portal,
  snippet(notices_fts, -1, char(1), char(2), '…', 24) as snippet
from notices_fts join notices n on n.id = notices_fts.rowid
where notices_fts match vi_fts(:q) and n.covid {filters}
order by bm25(notices_fts, 10.0, 4.0, 1.0), n.published desc limit 50
"""
NEWEST = """
select n.id, n.title, n.province, n.published, n.portal, substr(t.summary || ' ' || t.text, 1, 200) as snippet
from notices n join texts t on t.notice = n.id where n.covid {filters} order by n.published desc, n.id limit 50
"""
MATCHING = "select rowid from notices_fts where notices_fts match vi_fts(:q)"
FACETS = {
    "province": "select n.province as value, count(*) as count from notices n where n.covid {where} group"
    " by 1 order by 2 desc",
    "kind": "select n.kind as value, count(*) as count from notices n where n.covid {where} group by 1"
    " order by 2 desc",
    "month": "select n.month as value, count(*) as count from notices n where n.covid {where} and n.month"
    " is not null"
    " group by 1 order by 1 desc",
    "topic": "select t.topic as value, count(*) as count from notices n join notice_topics t on t.notice"
    " = n.id"
    " where n.covid {where} group by 1 order by 2 desc",
}
FILTERS = {
    "province": " and n.province = :province",
    "kind": " and n.kind = :kind",
    "month": " and n.month = :month",
    "topic": " and n.id in (select notice from notice_topics where topic = :topic)",
}
DOCUMENTS_BY_NUMBER = (
    "select id, number, type, issued from documents where number = upper(:q) or number = :q limit 5"
)
PHONES_BY_DIAL = "select dial, owners, provinces, withdrawn from ledger where dial = :dial"
NOTICE = """
select n.*, p.name as authority, v.text as full_text from notices n left join portals p on p.id = n.portal
join versions v on v.id = n.version where n.id = :id
"""
NOTICE_CITATIONS = """
select d.id, d.number, c.type, c.date, c.role, c.span_start, c.span_end from citations c
join documents d on d.id = c.document where c.version = :version order by c.span_start
"""
NOTICE_PHONES = "select * from phones where version = :version order by span_start"
NOTICE_DATES = "select * from dates where version = :version order by span_start"
NOTICE_WITNESSES = "select url, via, seen from witnesses where notice = :id order by seen"
NOTICE_FILES = "select url, name from attachments where notice = :id"
DOCUMENT = "select * from documents where id = :id"
DOCUMENT_NOTICES = """
select distinct n.id, n.title, n.province, n.published, n.portal, c.role, c.mention as snippet from citations c
join notices n on n.id = c.notice and n.version = c.version where c.document = :id and n.covid order by n.published
"""
HOTLINES = "select * from ledger order by provinces, dial"
BY_PROVINCE = (
    "select n.* from notices n where n.covid and n.province = :name order by n.published desc limit 200"
)
BY_PORTAL = "select n.* from notices n where n.covid and n.portal = :name order by n.published desc limit 200"
