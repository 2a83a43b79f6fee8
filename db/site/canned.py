"""Questions of journalists as canned queries of Datasette: a name, a title, what it answers, its SQL.

A parameter that is left empty takes the value of `EXAMPLES`, so that each address answers as it stands.
Numbers, provinces and months are understood in any spelling: SQL has the functions of `db/site/spellings.py`.
"""

from __future__ import annotations

from typing import Any

from db.schema import POSTED

#: The documents of a number, from the index of numbers: those of its serial, then letter by letter.
_OF_NUMBER = """
json_each(number_beginnings({number})) s cross join documents d on d.number >= s.value
  and d.number < s.value || '0' and plain_number(d.number) = plain_number({number})
"""
_ASKED = _OF_NUMBER.format(number="ifnull(nullif(:number, ''), '16/CT-TTg')")
_PROVINCE = "ifnull(nullif(province_named(:province), ''), 'Bình Thuận')"
_MONTH = "ifnull(nullif(month_named(:month), ''), '2021-07')"
#: An earlier stamp is the portal's mistake, as on the timeline; a notice without one comes last.
_IN_TIME = "ifnull(n.published, '9') >= '2020-01-01'"
_CITING = f"""
from {_ASKED} cross join citations c on c.document = d.id
cross join notices n on n.id = c.notice and n.version = c.version and n.covid = 1
"""

#: name: title and description, each in Vietnamese and English, and the SQL.
_QUESTIONS: dict[str, tuple[str, str, str, str, str]] = {
    "who-cited-first": (
        "Ai dẫn Chỉ thị 16 trước tiên?",
        "Who cited Directive 16 first?",
        "Các thông báo dẫn một văn bản, sớm nhất trước. Số văn bản viết như 16/CT-TTg.",
        "The notices that cite a document, the earliest first. The number as 16/CT-TTg.",
        f"""
select n.published, n.province, p.name as authority, n.title, d.number, d.year, n.id as notice, n.url
from (select distinct d.id as document, n.id as id {_CITING} where {_IN_TIME}) f
cross join notices n on n.id = f.id cross join documents d on d.id = f.document
left join portals p on p.id = n.portal
order by n.published is null, n.published, n.id limit 200
""",
    ),
    "when-each-province-cited": (
        "Mỗi tỉnh dẫn một văn bản lần đầu khi nào?",
        "When did each province first cite a document?",
        "Ngày đầu tiên và số thông báo của từng tỉnh có dẫn văn bản.",
        "Each province's first day and number of notices that cite it.",
        f"""
select n.province, d.number, d.year, d.issued, min(n.published) as first_cited,
  cast(julianday(min(n.published)) - julianday(d.issued) as integer) as days_after_issue,
  count(distinct n.id) as notices
{_CITING}
where {_IN_TIME}
group by n.province, d.id order by first_cited is null, first_cited, n.province
""",
    ),
    "most-cited-by-provinces": (
        "Văn bản nào được nhiều tỉnh dẫn nhất?",
        "Which documents do most provinces cite?",
        "Trong 40 văn bản được nhiều thông báo dẫn nhất: bao nhiêu tỉnh, bao nhiêu thông báo.",
        "Of the 40 documents with most notices: how many provinces cite each, in how many notices.",
        """
select d.number, d.type, d.year, d.issuer, d.issued, count(distinct n.province) as provinces,
  count(distinct n.id) as notices, d.id as document
from (select document, count(*) as citations from citations indexed by citations_document
  group by document order by citations desc limit 40) f
cross join documents d on d.id = f.document
cross join citations c on c.document = d.id
cross join notices n on n.id = c.notice and n.version = c.version and n.covid = 1
group by d.id order by provinces desc, notices desc, d.number
""",
    ),
    "withdrawn-hotlines": (
        "Những số đường dây nóng nào đã thôi dùng?",
        "Which hotline numbers were withdrawn?",
        "Các số mà một thông báo ghi thôi dùng, và số thay thế, của một tỉnh (năm 2021) hoặc của tất cả.",
        "The numbers that a notice withdrew, and what replaces them, of one province of 2021 or of all.",
        """
select h.dial, h.replaced_by, n.published, n.province, h.owner, h.mention, n.title, n.id as notice
from phones h indexed by phones_withdrawn
cross join notices n on n.id = h.notice and n.version = h.version and n.covid = 1
where h.status = 'withdrawn' and h.kind = 'hotline'
  and (:province = '' or n.province = province_named(:province))
order by n.published desc, h.dial limit 1000
""",
    ),
    "hotlines-of-a-province": (
        "Các số đường dây nóng của một tỉnh",
        "The hotline numbers of a province",
        "Số mà tỉnh ghi: ai trả lời, thấy khi nào, thôi dùng hay chưa. Tỉnh theo tên năm 2021.",
        "What its notices give: who answers, when seen, withdrawn or not. Provinces of 2021.",
        f"""
select h.dial, group_concat(distinct h.owner) as owners, min({POSTED.format(seen="first_seen")})
  as first_seen, max({POSTED.format(seen="last_seen")}) as last_seen, count(distinct n.id) as notices,
  max(h.status = 'withdrawn') as withdrawn
from notices n cross join phones h on h.notice = n.id and h.version = n.version and h.kind = 'hotline'
where n.covid = 1 and n.province = {_PROVINCE}
group by h.dial order by notices desc, h.dial limit 1000
""",
    ),
    "published-in-a-month": (
        "Một tỉnh đã đăng gì trong một tháng?",
        "What did a province publish in a month?",
        "Thông báo theo ngày đăng. Tỉnh theo tên năm 2021; tháng viết như 07/2021.",
        "Its notices by posting day. Provinces of 2021; months as 2021-07.",
        f"""
select n.published, p.name as authority, n.title, n.topics, n.id as notice, n.url
from notices n left join portals p on p.id = n.portal
where n.covid = 1 and n.province = {_PROVINCE}
  and n.published >= {_MONTH} || '-01' and n.published <= {_MONTH} || '-31'
order by n.published, n.id limit 1000
""",
    ),
    "what-replaced-what": (
        "Văn bản nào thay thế, sửa đổi, bãi bỏ văn bản nào?",
        "Which documents replaced, amended or repealed which?",
        "Như các thông báo nêu, kèm chỗ nêu. Một trong hai văn bản, hoặc để trống để xem tất cả.",
        "As notices state it, with their words. One of the two documents, or empty for all.",
        f"""
with asked (id) as (select d.id from {_OF_NUMBER.format(number=":number")})
select a.number as document, r.relation, o.number as other, r.mention, n.published, n.province, n.id as notice
from document_relations r cross join notices n on n.id = r.notice and n.version = r.version and n.covid = 1
left join documents a on a.id = r.document left join documents o on o.id = r.other
where r.relation in ('replaces', 'amends', 'supplements', 'repeals', 'expires')
  and (:number = '' or r.document in (select id from asked) or r.other in (select id from asked))
order by n.published desc, n.id limit 500
""",
    ),
    "changed-after-posting": (
        "Thông báo nào đã bị sửa sau khi đăng?",
        "Which notices were changed after they were posted?",
        "Thông báo có hơn một bản đã đọc; trang /notice/ID/versions cho thấy đã sửa gì.",
        "Notices of which more than one text was read; /notice/ID/versions shows what changed.",
        """
select n.published, n.province, n.title, f.texts, n.id as notice, '/notice/' || n.id || '/versions' as changes
from (select notice, count(*) as texts from versions indexed by versions_notice group by notice
  having count(*) > 1) f
cross join notices n on n.id = f.notice and n.covid = 1
order by n.published desc, n.id limit 500
""",
    ),
    "gone-from-their-portals": (
        "Thông báo nào không còn trên trang gốc?",
        "Which notices are gone from their portals?",
        "Theo ngày thấy mất, mới nhất trước; bản lưu ở trang của từng thông báo.",
        "By the day they were found missing, the newest first; the notice's page has its captures.",
        """
select n.gone_since, n.published, n.province, p.name as authority, n.title, n.id as notice, n.url
from notices n indexed by notices_gone left join portals p on p.id = n.portal
where n.covid = 1 and n.gone_since is not null order by n.gone_since desc, n.id limit 500
""",
    ),
}

#: The columns of the answers as a page heads them; in JSON and CSV they keep their names.
HEADS: dict[str, tuple[str, str]] = {
    "authority": ("Cơ quan", "Authority"), "changes": ("Thay đổi", "Changes"),
    "days_after_issue": ("Số ngày sau khi ban hành", "Days after issue"), "dial": ("Số", "Number"),
    "document": ("Văn bản", "Document"), "first_cited": ("Dẫn lần đầu", "First cited"),
    "first_seen": ("Thấy lần đầu", "First seen"), "gone_since": ("Không còn từ", "Gone since"),
    "issued": ("Ban hành", "Issued"), "issuer": ("Cơ quan ban hành", "Issuer"),
    "last_seen": ("Thấy lần cuối", "Last seen"), "mention": ("Chỗ nêu", "In these words"),
    "notice": ("Thông báo", "Notice"), "notices": ("Số thông báo", "Notices"),
    "number": ("Văn bản", "Document"), "other": ("Văn bản kia", "Other document"),
    "owner": ("Đơn vị", "Owner"), "owners": ("Đơn vị", "Owners"), "province": ("Tỉnh", "Province"),
    "provinces": ("Số tỉnh", "Provinces"), "published": ("Ngày đăng", "Posted"),
    "relation": ("Quan hệ", "Relation"), "texts": ("Số bản", "Texts"), "title": ("Tiêu đề", "Title"),
    "topics": ("Chủ đề", "Topics"), "type": ("Loại", "Type"), "url": ("Nguồn", "Source"),
    "replaced_by": ("Thay bằng", "Replaced by"),
    "withdrawn": ("Thôi dùng", "Withdrawn"), "year": ("Năm", "Year"),
}  # fmt: skip

#: Addresses that answer the question of each title.
EXAMPLES = {
    "who-cited-first": {"number": "16/CT-TTg"},
    "when-each-province-cited": {"number": "16/CT-TTg"},
    "withdrawn-hotlines": {"province": ""},
    "hotlines-of-a-province": {"province": "Bình Thuận"},
    "published-in-a-month": {"province": "Bình Thuận", "month": "2021-07"},
    "what-replaced-what": {"number": ""},
}


def titles(lang: str) -> dict[str, tuple[str, str]]:
    """Title and description of each question in a language (`vi`, `en`), by its name."""
    index = 1 if lang == "en" else 0
    return {name: (told[index], told[2 + index]) for name, told in _QUESTIONS.items()}


def canned_queries() -> dict[str, Any]:
    """The queries as Datasette's metadata wants them; Datasette's own pages show both languages."""
    return {
        name: {"title": f"{vi} · {en}", "description": f"{says_vi} · {says_en}", "sql": sql.strip(),
               "params": list(EXAMPLES.get(name, {})), "hide_sql": True}
        for name, (vi, en, says_vi, says_en, sql) in _QUESTIONS.items()
    }  # fmt: skip
