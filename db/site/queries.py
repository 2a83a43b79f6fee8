"""The SQL of the site's pages."""

from db.captured import CAPTURE_AND_ORIGINAL

#: Hits up to which bm25 ranks (0.1 s for 100,000, growing with the hits, while a word that stands nearly
#: everywhere weighs nothing; of 2,000 given ids it takes 16 s, since it weighs the words anew for each), up
#: to which each hit is counted, and from which on the newest are found by asking notice after notice, since
#: one in a few is a hit. Of more than COUNTED hits, or on a machine too busy to count them, the NEWEST are
#: counted; of more than RANKED hits those in the newest WINDOW are ranked, by their titles.
RANKED, COUNTED, COMMON, NEWEST, WINDOW = 50_000, 150_000, 20_000, 2_000, 500
PAGE = 20
#: Hits up to which those with the very diacritics that were typed come first: each text is looked through.
LOOKED_THROUGH = 1_000
EXACT_FIRST = "- 1000.0 * has_words(:exact, notices_fts.title, notices_fts.summary, notices_fts.text)"
#: Words that stand together as they were typed come before the same words apart. bm25 knows no order, and of
#: what a word without its marks may mean weighs the rarest most: of `duong day nong` the Dương of Bình Dương.
TOGETHER_FIRST = """
- 300.0 * (notices_fts.rowid in (select rowid from notices_fts where notices_fts match :title_phrase))
- 100.0 * (notices_fts.rowid in (select rowid from notices_fts where notices_fts match :phrase))"""

FILTERS = {
    "province": " and n.province = :province",
    "today": " and n.province in (select name from provinces where name_2025 = :today)",
    "kind": " and n.kind = :kind",
    "month": " and n.month = :month",
    "topic": " and n.id in (select notice from notice_topics where topic = :topic)",
    "type": " and exists (select 1 from citations c where c.notice = n.id and c.version = n.version"
    " and c.role = 'subject' and c.type = :type)",
    "portal": " and n.portal = :portal",
}

HIT_COUNT = """
select count(*) as hits from (select 1 from notices_fts where notices_fts match :fts limit :most + 1)
"""
_IS_HIT = "exists (select 1 from notices_fts where notices_fts match :fts and notices_fts.rowid = n.id)"
#: Where the notices of a search come from; each ends where a condition on notices n goes on. The order of a
#: cross join stands: hits first, whatever the planner knows of the tables.
SOURCES = {
    "all": "notices n where",
    "words": "notices_fts cross join notices n on n.id = notices_fts.rowid where notices_fts match :fts and",
    # A phone number is looked up among the facts: its digits are grouped in a hundred ways in the texts.
    "dial": "(select distinct notice, version from phones where dial = :dial) f"
    " cross join notices n on n.id = f.notice and n.version = f.version where",
    "walk": f"notices n where {_IS_HIT} and",
    "newest": f"(select n.id from notices n where n.covid = 1 {{filters}} and {_IS_HIT}"
    f" order by n.published desc limit :newest) f cross join notices n on n.id = f.id where",
}
#: Ids with their rank. Ties end by id, so that pages stay.
RANKED_IDS = """
select id, score from (
  select n.id as id, bm25(notices_fts, 10.0, 4.0, 1.0) {first} as score from {source} n.covid = 1 {filters})
where :after_id is null or score > :after_score or (score = :after_score and id > :after_id)
order by score, id limit :size
"""
DATED_IDS = """
select n.id, n.published from {source} n.covid = 1 {filters}
and (:after_id is null or ifnull(n.published, '') < :after_date
     or (ifnull(n.published, '') = :after_date and n.id < :after_id))
order by n.published desc, n.id desc limit :size
"""

#: What ranks the newest of too many hits.
NEWEST_TITLES = """
select n.id, n.title, n.published from {source} n.covid = 1 {filters}
order by n.published desc, n.id desc limit :window
"""

RESULTS = """
select n.id, n.title, n.province, n.published, n.first_seen, n.portal, n.kind, n.url, p.name as authority,
  substr(case when t.summary <> '' then t.summary else t.text end, 1, 240) as opening
from json_each(:ids) i cross join notices n on n.id = i.value join texts t on t.notice = n.id
left join portals p on p.id = n.portal
"""
#: The notices whose text is, letter for letter, that of one of :ids; `wanted`: the filters let them through.
TWINS = """
select a.id, n.id as twin, n.published, n.portal, p.name as authority, (1 {filters}) as wanted
from json_each(:ids) i cross join notices a on a.id = i.value cross join versions v on v.id = a.version
cross join versions w indexed by versions_text on w.text_hash = v.text_hash and w.notice <> a.id
cross join notices n on n.id = w.notice and n.version = w.id and n.covid = 1
left join portals p on p.id = n.portal order by n.published, n.id
"""
#: Where the words of a search are shown; of a longer text only the beginning is looked through.
TEXTS = """
select notice as id, substr(summary, 1, 5000) as summary, substr(text, 1, 50000) as text
from json_each(:ids) i cross join texts on notice = i.value
"""

#: Every facet of one reading of the hits.
COUNTS = """
select n.province, n.kind, n.month, count(*) as count from {source} n.covid = 1 {filters} group by 1, 2, 3
"""
TOPIC_COUNTS = """
select t.topic, count(*) as count from (select n.id from {source} n.covid = 1 {filters}) f
cross join notice_topics t on t.notice = f.id group by 1
"""
#: Only notices about COVID-19 have topics: without a search or filter the table itself tells.
TOPICS_OF_ALL = "select topic, count(*) as count from notice_topics group by topic"
#: The types of the documents that notices announce; what they only cite is of every type everywhere. A notice
#: may announce several: those of each together, since `count(distinct …)` of 100,000 takes 0.2 s more.
TYPE_COUNTS = """
select (select group_concat(distinct c.type) from citations c indexed by citations_subject
  where c.notice = n.id and c.version = n.version and c.role = 'subject') as types, count(*) as count
from {source} n.covid = 1 {filters} group by 1
"""
TYPES_OF_ALL = """
select c.type as types, count(distinct n.id) as count from citations c indexed by citations_subject
cross join notices n on n.id = c.notice and n.version = c.version and n.covid = 1
where c.role = 'subject' group by 1
"""
#: The first of some numbers that a notice gives.
DIAL_KNOWN = """
select c.value as dial from json_each(:dials) c
where exists (select 1 from phones where phones.dial = c.value) order by c.key limit 1
"""

DOCUMENTS_BY_SERIAL = """
select d.id, d.number, d.type, d.issued, d.issuer,
  (select count(distinct notice) from citations where document = d.id) as notices
from documents d where d.number = :serial or (d.number >= :serial || '-' and d.number < :serial || '0')
"""
LEDGER = "select * from ledger where dial in ({dials}) order by dial"
#: Of some hotlines those that only recognised letters give.
ONLY_RECOGNISED = """
select d.value as dial from json_each(:dials) d where not exists (
  select 1 from phones h cross join notices n on n.id = h.notice and n.version = h.version and n.covid = 1
  left join attachments a on a.id = h.attachment
  where h.dial = d.value and h.kind = 'hotline' and coalesce(a.ocr, 0) = 0)
"""
#: Of some numbers those that a notice took out of use: no page may say to call them.
WITHDRAWN = """
select distinct h.dial from phones h indexed by phones_withdrawn
cross join notices n on n.id = h.notice and n.version = h.version and n.covid = 1
where h.kind = 'hotline' and h.status = 'withdrawn' and h.dial in ({dials})
"""

NOTICE = """
select n.*, p.name as authority, v.text as full_text
from notices n left join portals p on p.id = n.portal join versions v on v.id = n.version where n.id = :id
"""
NOTICE_CITATIONS = """
select d.id, d.number, d.issuer, c.type, c.date, c.role, c.mention, c.rule, c.attachment,
  c.span_start, c.span_end, case when c.date <> d.issued then d.issued end as issued
from citations c join documents d on d.id = c.document where c.version = :version order by c.span_start
"""
NOTICE_PHONES = "select * from phones where version = :version order by span_start"
NOTICE_DATES = "select * from dates where version = :version order by span_start"
NOTICE_EMAILS = "select * from emails where version = :version order by span_start"
NOTICE_TOPICS = "select topic, mention, span_start, span_end from notice_topics where notice = :id"
NOTICE_WITNESSES = "select url, via, seen from witnesses where notice = :id order by via <> 'live', seen desc"
NOTICE_FILES = """
select id, url, name, media_type, size, outcome, reason, ocr, subject from attachments where notice = :id
order by url
"""
NOTICE_VERSIONS = "select id, seen, last_seen, title from versions where notice = :id order by seen desc"
#: The texts of a notice, the newest first; what the comparison shows of each is bounded.
NOTICE_TEXTS = """
select id, seen, last_seen, url, substr(text, 1, 200000) as text from versions where notice = :id
order by id = (select version from notices where id = :id) desc, seen desc, id limit 20
"""

DOCUMENT = "select * from documents where id = :id"
#: The notices that name a document in one of its two ways, a page of them.
DOCUMENT_NOTICES = """
select distinct n.id, n.title, n.province, n.published, p.name as authority
from citations c cross join notices n on n.id = c.notice and n.version = c.version
left join portals p on p.id = n.portal
where c.document = :id and c.role = :role and n.covid = 1
and (:after_id is null or ifnull(n.published, '') > :after_date
     or (ifnull(n.published, '') = :after_date and n.id > :after_id))
order by n.published, n.id limit :size
"""
DOCUMENT_COUNTS = """
select n.province, n.month, c.role = 'subject' as subject, count(distinct n.id) as count
from citations c cross join notices n on n.id = c.notice and n.version = c.version
where c.document = :id and n.covid = 1 group by 1, 2, 3
"""
DOCUMENT_RELATIONS = """
select r.relation, r.mention, n.id as notice, n.title, a.id as actor, a.number as actor_number, o.id as other,
  o.number as other_number
from document_relations r cross join notices n on n.id = r.notice and n.version = r.version and n.covid = 1
left join documents a on a.id = r.document left join documents o on o.id = r.other
where (r.document = :id or r.other = :id)
  -- An unnumbered act that rests on this document is no more than a citation, listed above.
  and (r.document is not null or r.relation not in ('based_on', 'implements'))
order by n.published, n.id limit 200
"""
#: The hotline numbers of a province, each with its owners, a line each.
NUMBERS_OF_PROVINCE = """
select dial, group_concat(owner, char(10)) as owners from (
  select distinct p.dial, p.owner from notices n
  cross join phones p indexed by phones_places on p.notice = n.id and p.version = n.version
  where p.kind = 'hotline' and n.covid = 1 and n.province = :province)
group by dial
"""
#: Who answers hotlines, and the numbers of some of them; numbers that hold some digits.
OWNERS = "select distinct owner from phones indexed by phones_owners where kind = 'hotline' and owner <> ''"
DIALS_OF_OWNERS = """
select distinct p.dial from json_each(:owners) o cross join phones p indexed by phones_owners
on p.kind = 'hotline' and p.owner = o.value order by 1 limit :size
"""
DIALS_WITH = """
select distinct dial from phones indexed by phones_ledger where kind = 'hotline' and dial like :digits
order by dial limit :size
"""

PROVINCES = """
select p.code, p.name, p.name_2025, ifnull(notices, 0) as notices, ifnull(portals, 0) as portals, first, last
from provinces p left join (
  select province, count(*) as notices, count(distinct portal) as portals, min(published) as first,
    max(published) as last from notices where covid = 1 group by province) on province = p.name
order by p.code
"""
PROVINCES_OF_TODAY = """
select p.code, p.name, (select count(*) from notices where covid = 1 and province = p.name) as notices
from provinces p where p.name_2025 = :today order by notices desc, p.code
"""
PROVINCE_PORTALS = """
select p.id, p.name, p.kind, p.closed, ifnull(notices, 0) as notices from portals p left join (
  select portal, count(*) as notices from notices where covid = 1 and province = :name group by portal)
  on portal = p.id
where p.province = :name order by notices desc, p.id
"""
PROVINCE_DOCUMENTS = """
select d.id, d.number, d.type, d.issued, notices from (
  select c.document, count(distinct c.notice) as notices from notices n
  cross join citations c on c.notice = n.id and c.version = n.version
  where n.covid = 1 and n.province = :name group by 1 order by 2 desc, 1 limit 15)
cross join documents d on d.id = document order by notices desc, d.number
"""
MONTHS = """
select month, count(*) as count from notices indexed by notices_facets
where covid = 1 and province = :name and month is not null group by month order by month
"""
BY_PROVINCE = """
select n.id, n.title, n.province, n.published, p.name as authority
from notices n left join portals p on p.id = n.portal
where n.covid = 1 and n.province = :name order by n.published desc, n.id limit 50
"""
#: The disease was named in 2020: an earlier stamp is the portal's mistake.
DAYS = """
select n.published as day, count(*) as count from notices n
where n.covid = 1 and n.published >= '2020-01-01' {filters} group by 1
"""
#: Of one province: of all it would read 200,000 notices at random.
TOPIC_DAYS = """
select t.topic, n.published as day, count(*) as count from notices n
cross join notice_topics t on t.notice = n.id
where n.covid = 1 and n.published >= '2020-01-01' and n.province = :province group by 1, 2
"""
#: What the whole country was told: the acts of the state's head offices that most notices name.
MILESTONES = """
select d.id, d.number, d.type, d.issued, count(distinct c.notice) as notices
from documents d cross join citations c on c.document = d.id
where d.issuer in ('CP', 'TTg', 'QH', 'UBTVQH') and d.issued >= '2020-01-01'
group by d.id order by notices desc, d.id limit 8
"""
PROVINCE_MONTHS = """
select province as name, month, count(*) as count from notices indexed by notices_facets
where covid = 1 and month >= '2020-01' group by 1, 2
"""
PORTAL_MONTHS = """
select portal as name, substr(published, 1, 7) as month, count(*) as count
from notices indexed by notices_places
where covid = 1 and province = :province and published >= '2020-01' group by 1, 2
"""
#: When a province's portals were last read well (an archive does not show what a portal left out); where a
#: portal stood in the way it is blocked.
PORTALS_READ = """
select id as name, province, name as title, closed, last_run,
  (select max(r.finished) from portal_runs r
    where r.portal = portals.id and r.via = 'live' and r.outcome = 'well') as read,
  id in (select portal from pages where outcome = 'blocked') as blocked
from portals where :province is null or province = :province order by id
"""
#: How portals stand, all of them or one, and the last ten readings of each.
STATUS_PORTALS = """
select p.*, (select max(first_seen) from notices where portal = p.id and covid = 1) as last_new,
  (select max(published) from notices indexed by notices_portal where portal = p.id and covid = 1) as newest
from portals p where (:portal is null or p.id = :portal) order by p.id
"""
STATUS_RUNS = """
select r.* from portals p cross join portal_runs r on r.portal = p.id
where (:portal is null or p.id = :portal)
  and r.run in (select run from portal_runs where portal = p.id order by run desc limit 10)
order by r.portal, r.run desc
"""
PORTAL = "select * from portals where id = :id"
PORTAL_OUTCOMES = """
select outcome, kind, count(*) as count,
  case when count(reason) = count(*) and min(reason) = max(reason) then max(reason) end as reason
from pages where portal = :id group by outcome, kind
order by outcome, kind
"""
BY_PORTAL = """
select n.id, n.title, n.province, n.published, '' as authority from notices n
where n.covid = 1 and n.portal = :id order by n.published desc, n.id limit 50
"""
SIZES = """
select (select count(*) from notices where covid = 1) as notices,
  (select count(*) from documents) as documents,
  (select count(distinct dial) from phones where kind = 'hotline') as hotlines,
  (select count(*) from portals) as portals,
  (select min(published) from notices where covid = 1) as first,
  (select max(published) from notices where covid = 1) as last
"""
SUPPRESSED = "select day from suppressions where id = :id and kind = :kind"
#: One of each kind, for examples that run.
SOME_IDS = """
select (select id from notices where covid = 1 order by published desc limit 1) as notice,
  (select id from documents limit 1) as document,
  (select c.id from captures c cross join witnesses w on w.capture = c.id limit 1) as capture
"""
#: Addresses of one sitemap file: the most that https://www.sitemaps.org/protocol.html allows; of more, parts
#: hold so many on average that a busy machine reads one within Datasette's second.
SITEMAP_MOST, SITEMAP_PART = 50_000, 2_500
#: How many addresses of each kind a sitemap holds.
SITEMAP_SIZES = """
select (select count(*) from notices where covid = 1) as notices,
  (select count(*) from documents) as documents,
  (select count(*) from attachments) as files
"""
#: A part of them: ids are hashes, spread evenly over 52 bits, so a range of ids holds its share.
SITEMAP_PARTS = {
    "notices": """
select n.id, date(v.seen) as day from notices n join versions v on v.id = n.version
where n.covid = 1 and n.id >= :first and n.id < :last order by n.id
""",
    "documents": "select id, null as day from documents where id >= :first and id < :last order by id",
    "files": """
select a.id, null as day from attachments a cross join notices n on n.id = a.notice
where n.covid = 1 and a.id >= :first and a.id < :last order by a.id
""",
}
SITEMAP_PORTALS = """
select id from portals where id in (select portal from notices where covid = 1) order by id
"""

FILE = """
select a.*, n.title from attachments a join notices n on n.id = a.notice where a.id = :id
"""
#: Where the facts of a file stand in it, by the name of their list.
FILE_FACTS = {
    name: f"select span_start, span_end from {table} where attachment = :id and version ="
    f" (select n.version from attachments a join notices n on n.id = a.notice where a.id = :id)"
    for name, table in (
        ("documents", "citations"),
        ("phones", "phones"),
        ("dates", "dates"),
        ("emails", "emails"),
    )
}
FILE_HITS = """
select count(*) from (select 1 from attachments_fts where attachments_fts match :fts limit :most + 1)
"""
FILES_FOUND = """
select a.id, a.notice, a.name, substr(a.text, 1, 500000) as text, a.places, a.ocr, n.title
from attachments_fts f cross join attachments a on a.id = f.rowid
cross join notices n on n.id = a.notice
where attachments_fts match :fts and n.covid = 1 {filters} {order} limit 5
"""

#: Captures that are shown: a list page names what was suppressed among its posts, so of a portal with
#: suppressions none is.
SHOWN = (
    "not exists (select 1 from pages g cross join suppressions s on s.portal = g.portal"
    " where g.url = c.url and g.kind = 'list')"
)
#: A capture, and the one that holds its payload.
CAPTURE_HELD = f"""
select {CAPTURE_AND_ORIGINAL} from captures c left join captures r on r.id = c.refers_to
where c.id = :id and {SHOWN}
"""
CAPTURED = f"select fetched_at, digest from captures c where id = :id and {SHOWN}"
NOTICE_CAPTURES = f"""
select c.id, c.fetched_at, c.via, c.url, k.place from (
  select capture, url as place from witnesses where notice = :id and capture is not null
  union select capture, '' from versions v where v.notice = :id and v.capture is not null
    and v.capture not in (select capture from witnesses where notice = :id and capture is not null)
) k join captures c on c.id = k.capture and {SHOWN} order by c.fetched_at desc, c.id
"""
#: The captures of a file, those of the address that its own led to included.
FILE_CAPTURES = f"""
with recursive hop (url) as (select :url union select substr(p.reason, 15) from hop cross join pages p
  on p.url = hop.url where p.reason like 'redirected to http%')
select c.id, c.fetched_at, c.via from hop cross join captures c on c.url = hop.url
where c.status = 200 and {SHOWN} order by c.fetched_at desc, c.id limit 10
"""
#: The copy with the bytes on which the text rests, if an archive has them: citations tell their hash.
NOTICE_ARCHIVED = """
select w.url, w.via, w.seen
from notices n join versions v on v.id = n.version cross join witnesses w on w.notice = n.id
left join captures t on t.id = v.capture left join captures c on c.id = w.capture
where n.id = :id and w.via in ('wayback', 'commoncrawl')
order by ifnull(c.digest = t.digest, 0) desc, w.seen desc limit 1
"""
NOTICE_CITED = """
select n.id, n.title, n.url, n.published, n.published_time, n.portal, n.province, n.first_seen, n.last_seen,
  n.gone_since, p.name as authority, v.capture, v.text_hash
from notices n join versions v on v.id = n.version left join portals p on p.id = n.portal where n.id = :id
"""
NOTICE_SUBJECTS = """
select distinct c.number, c.type from citations c join notices n on n.version = c.version
where n.id = :id and c.role = 'subject'
"""
#: A notice for programs: all of it, its facts by kind, its files, where it was seen, its versions.
NOTICE_WHOLE = """
select n.*, p.name as authority, v.text
from notices n join versions v on v.id = n.version left join portals p on p.id = n.portal where n.id = :id
"""
WHOLE_FACTS = {
    name: f"select {columns}, span_start as start, span_end as end{rule}, attachment from {table}"
    " where version = :version order by attachment, span_start"
    for name, table, columns, rule in (
        ("documents", "citations", "document, number, type, date, issuer, role, mention", ", rule"),
        ("phones", "phones", "dial, e164, kind, status, replaced_by, owner, mention", ", rule"),
        ("dates", "dates", "date, inferred, mention", ", rule"),
        ("emails", "emails", "value", ""),
        ("links", "links", "value", ""),
    )
}
WHOLE_FILES = """
select id, url, name, media_type, size, sha256, outcome, reason, subject, ocr, text, places from attachments
where notice = :id order by url
"""
WHOLE_WITNESSES = "select url, via, seen, capture from witnesses where notice = :id order by seen, url"
WHOLE_VERSIONS = """
select id, seen, last_seen, title, text_hash, capture from versions where notice = :id order by seen
"""
IS_TABLE = "select 1 from sqlite_schema where type = 'table' and name = ?"

#: What a copy without a server is made of: its pages, and what its search knows of notices, files, numbers.
NOTICES_BY_DAY = """
select n.id, n.title, n.province, n.kind, n.portal, n.published, n.topics, p.name as authority, v.text_hash,
  t.summary, t.text, (select count(*) from versions where notice = n.id) as versions,
  (select group_concat(distinct type) from citations
    where notice = n.id and version = n.version and role = 'subject') as types
from notices n join versions v on v.id = n.version join texts t on t.notice = n.id
left join portals p on p.id = n.portal where n.covid = 1 order by n.published desc, n.id desc
"""
FILES_OF_NOTICES = """
select a.id, a.name, a.text, a.notice, a.ocr, a.places from attachments a join notices n on n.id = a.notice
where n.covid = 1 order by a.id
"""
TO_SEARCH = f"select (select count(*) from ({NOTICES_BY_DAY})) + (select count(*) from ({FILES_OF_NOTICES}))"
DIALS_GIVEN = """
select distinct p.dial, p.notice from phones p join notices n on n.id = p.notice and n.version = p.version
where n.covid = 1 and p.dial <> '' order by p.dial
"""
LEDGER_WHOLE = "select dial, owners, provinces, withdrawn, replaced_by from ledger order by dial"
DOCUMENTS_NAMED = """
select d.id, d.serial, d.number, d.type, d.issued, d.issuer, count(distinct c.notice) as notices
from documents d left join citations c on c.document = d.id group by d.id order by d.id
"""
STATIC_IDS = {
    "notice": "select id from notices where covid = 1",
    "document": "select id from documents",
    "file": "select a.id from attachments a join notices n on n.id = a.notice where n.covid = 1",
    "portal": "select id from portals",
    "versions": "select notice from versions group by notice having count(*) > 1",
    "province": "select distinct province from notices where covid = 1 and province <> ''",
}
