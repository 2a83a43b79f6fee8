"""The SQL of the site's pages."""

#: More hits than this are not ranked: bm25 over a million hits takes seconds, and a word that stands nearly
#: everywhere weighs nothing; the newest come first instead.
MANY = 20_000
PAGE = 20

FILTERS = {
    "province": " and n.province = :province",
    "kind": " and n.kind = :kind",
    "month": " and n.month = :month",
    "topic": " and n.id in (select notice from notice_topics where topic = :topic)",
}

HIT_COUNT = (
    f"select count(*) as hits from (select 1 from notices_fts where notices_fts match :fts limit {MANY + 1})"
)
#: Ids with their rank. Ties end by id, so that pages stay.
RANKED = """
select id, score from (
  select n.id as id, bm25(notices_fts, 10.0, 4.0, 1.0) as score
  from notices_fts join notices n on n.id = notices_fts.rowid
  where notices_fts match :fts and n.covid = 1 {filters})
where :after_id is null or score > :after_score or (score = :after_score and id > :after_id)
order by score, id limit :size
"""
#: By date; `exists` asks the index about one notice at a time, from the newest on, and stops at a page.
DATED = """
select n.id, n.published from notices n where n.covid = 1 {filters} {matching}
and (:after_id is null or ifnull(n.published, '') < :after_date
     or (ifnull(n.published, '') = :after_date and n.id < :after_id))
order by n.published desc, n.id desc limit :size
"""
MATCHING_EACH = """
and exists (select 1 from notices_fts where notices_fts match :fts and notices_fts.rowid = n.id)
"""
#: A phone number is looked up among the facts: its digits are grouped in a hundred ways in the texts.
MATCHING_DIAL = "and n.id in (select notice from phones where dial = :dial)"
MATCHING_ALL = "and n.id in (select rowid from notices_fts where notices_fts match :fts)"

RESULTS = """
select n.id, n.title, n.province, n.published, n.portal, n.kind, p.name as authority,
  substr(case when t.summary <> '' then t.summary else t.text end, 1, 240) as opening
from notices n join texts t on t.notice = n.id left join portals p on p.id = n.portal
where n.id in (select value from json_each(:ids))
"""
SNIPPETS = """
select rowid as id, highlight(notices_fts, 0, char(1), char(2)) as title,
  snippet(notices_fts, 2, char(1), char(2), '…', 40) as snippet
from notices_fts where notices_fts match :fts and rowid in (select value from json_each(:ids))
"""

#: Counts of a facet among the hits of a search, at most MANY of them.
_HITS = f"(select rowid from notices_fts where notices_fts match :fts limit {MANY})"
FACET_OF = {
    "province": "select n.province as value, count(*) as count from notices n where n.covid = 1 {where} group"
    " by 1",
    "kind": "select n.kind as value, count(*) as count from notices n where n.covid = 1 {where} group by 1",
    "month": "select n.month as value, count(*) as count from notices n where n.covid = 1 {where} group by 1",
    "topic": "select t.topic as value, count(*) as count from notices n"
    " join notice_topics t on t.notice = n.id where n.covid = 1 {where} group by 1",
}
#: Only notices about COVID-19 have topics: without a search or filter the table itself tells.
TOPICS_OF_ALL = "select topic as value, count(*) as count from notice_topics group by topic"
AMONG_HITS = f" and n.id in {_HITS}"
DIAL_COUNT = "select count(distinct notice) as hits from phones where dial = :dial"

DOCUMENTS_BY_SERIAL = """
select d.id, d.number, d.type, d.issued, d.issuer,
  (select count(distinct notice) from citations where document = d.id) as notices
from documents d where d.number >= :low and d.number < :high limit 500
"""
PHONES_BY_DIAL = "select * from ledger where dial = :dial"

NOTICE = """
select n.*, p.name as authority, v.text as full_text
from notices n left join portals p on p.id = n.portal join versions v on v.id = n.version where n.id = :id
"""
NOTICE_CITATIONS = """
select d.id, d.number, d.issuer, c.type, c.date, c.role, c.mention, c.rule, c.span_start, c.span_end
from citations c join documents d on d.id = c.document where c.version = :version order by c.span_start
"""
NOTICE_PHONES = "select * from phones where version = :version order by span_start"
NOTICE_DATES = "select * from dates where version = :version order by span_start"
NOTICE_TOPICS = "select topic, span_start, span_end from notice_topics where notice = :id"
NOTICE_WITNESSES = "select url, via, seen from witnesses where notice = :id order by seen"
NOTICE_FILES = "select url, name from attachments where notice = :id"
NOTICE_VERSIONS = "select id, seen, last_seen, title from versions where notice = :id order by seen desc"

DOCUMENT = "select * from documents where id = :id"
DOCUMENT_NOTICES = """
select distinct n.id, n.title, n.province, n.published, p.name as authority, c.role
from citations c join notices n on n.id = c.notice and n.version = c.version
left join portals p on p.id = n.portal
where c.document = :id and n.covid = 1 order by n.published, n.id
"""
DOCUMENT_RELATIONS = """
select r.relation, r.mention, n.id as notice, n.title, a.id as actor, a.number as actor_number, o.id as other,
  o.number as other_number
from document_relations r join notices n on n.id = r.notice and n.version = r.version and n.covid = 1
left join documents a on a.id = r.document left join documents o on o.id = r.other
where (r.document = :id or r.other = :id)
  -- An unnumbered act that rests on this document is no more than a citation, listed above.
  and (r.document is not null or r.relation not in ('based_on', 'implements'))
order by n.published, n.id
"""
HOTLINES = "select * from ledger order by provinces, owners, dial"

PROVINCES = """
select p.code, p.name, p.name_2025, count(distinct n.id) as notices, count(distinct n.portal) as portals,
  min(n.published) as first, max(n.published) as last
from provinces p left join notices n on n.province = p.name and n.covid = 1 group by p.code order by p.code
"""
PROVINCE_PORTALS = """
select p.id, p.name, p.kind, p.closed, count(n.id) as notices
from portals p left join notices n on n.portal = p.id and n.covid = 1
where p.province = :name group by p.id order by notices desc, p.id
"""
PROVINCE_DOCUMENTS = """
select d.id, d.number, d.type, d.issued, count(distinct n.id) as notices from notices n
join citations c on c.notice = n.id and c.version = n.version join documents d on d.id = c.document
where n.covid = 1 and n.province = :name group by d.id order by notices desc, d.number limit 15
"""
MONTHS = """
select month, count(*) as count from notices where covid = 1 and province = :name and month is not null
group by month order by month
"""
BY_PROVINCE = """
select n.id, n.title, n.province, n.published, p.name as authority
from notices n left join portals p on p.id = n.portal
where n.covid = 1 and n.province = :name order by n.published desc, n.id limit 100
"""
PORTAL = "select * from portals where id = :id"
PORTAL_OUTCOMES = """
select outcome, kind, count(*) as count, max(reason) as reason
from pages where portal = :id group by outcome, kind
order by outcome, kind
"""
BY_PORTAL = """
select n.id, n.title, n.province, n.published, '' as authority from notices n
where n.covid = 1 and n.portal = :id order by n.published desc, n.id limit 200
"""
SIZES = """
select (select count(*) from notices where covid = 1) as notices,
  (select count(*) from documents) as documents,
  (select count(*) from ledger) as hotlines, (select count(*) from portals) as portals,
  (select min(published) from notices where covid = 1) as first,
  (select max(published) from notices where covid = 1) as last
"""
