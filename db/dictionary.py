"""The data dictionary: what every table and column of the index holds, in Vietnamese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# table | Vietnamese | English, then a line a column. A column without words means what it means in every
# table (_COMMON).
_TABLES = """
notices | Mỗi thông báo một dòng, không kèm nội dung | One row a notice, without its text
  id | Số giữ nguyên khi lập lại chỉ mục; địa chỉ là /notice/ID | Stays when the index is built again; its address is /notice/ID
  portal
  province
  kind | Loại cơ quan: health, people_committee, education … | Kind of department: health, people_committee, education …
  post_id | Số bài của trang, hoặc địa chỉ chuẩn | The portal's own number of the post, or its canonical address
  url | Địa chỉ bài trên trang | Where the post stands on the portal
  covid | 1: về COVID-19; 0: bài khác được giữ lại | 1: about COVID-19; 0: another post that was kept
  title | Tiêu đề của bản mới nhất | Title of the newest version
  published | Ngày đăng theo giờ Việt Nam, YYYY-MM-DD | Posting day in Vietnam, YYYY-MM-DD
  published_time | Giờ đăng, nếu trang có ghi | Time of posting, where the portal gives one
  month | Tháng đăng, YYYY-MM | Month of posting, YYYY-MM
  topics | Các chủ đề, mảng JSON | Topics, a JSON array
  first_seen
  last_seen
  version | Bản mới nhất (versions.id) | Its newest version (versions.id)
  gone_since | Từ khi nào trang gốc không còn, UTC | Since when it is gone from its portal, UTC
texts | Các phần của bản mới nhất, để tìm kiếm | Parts of the newest version, for search
  notice
  title | Tiêu đề | Title
  summary | Tóm tắt | Summary
  text | Phần thân | Body
versions | Mỗi nội dung khác nhau của một thông báo một dòng | One row for each different text of a notice
  id | Số của bản | The version's number
  notice
  seen | Đọc lần đầu, UTC | First read, UTC
  last_seen
  title | Tiêu đề | Title
  text | Tiêu đề, tóm tắt và thân; vị trí dữ kiện tính trong đây | Title, summary and body: where facts have their places
  text_hash | Mã băm của nội dung | Hash of the text
  capture | Bản lưu đầu tiên có nội dung này (captures.id) | The first capture that gave this text (captures.id)
  url | Địa chỉ đã cho nội dung này | The address that gave this text
  language | Ngôn ngữ của trang: vi, en | Language of the view: vi, en
  is_print | 1: trang in | 1: a print view
  run
witnesses | Thông báo đã được thấy ở đâu, khi nào | Where and when a notice was seen
  notice
  url | Địa chỉ, hoặc bản trong kho lưu trữ | Address, or the copy of a web archive
  via
  capture
  seen | Lúc thấy, UTC | When, UTC
attachments | Tệp đính kèm của thông báo | Attached files of notices
  id | Số của tệp; địa chỉ là /file/ID | The file's number; its address is /file/ID
  notice
  url | Địa chỉ tệp | Address of the file
  name | Tên tệp như trang ghi | Its name as the portal gives it
  media_type | Loại tệp theo nội dung | Media type, told from the bytes
  sha256 | SHA-256 của tệp | SHA-256 of the file
  text | Chữ đọc được | The text that was read
  outcome | read, empty, needs-ocr, skipped, gone, blocked, failed | read, empty, needs-ocr, skipped, gone, blocked, failed
  reason
  size | Số byte | Bytes
  subject | Trích yếu của văn bản trong tệp | Subject of the document in the file
  places | Trang hay bảng tính: mảng JSON start, end, number, name | Pages or sheets: a JSON array of start, end, number, name
  ocr | 1: nhận dạng từ bản quét | 1: recognised on a scan
documents | Văn bản được thông báo nêu tên | Official documents that notices name
  id | Số giữ nguyên; địa chỉ là /document/ID | Stays; its address is /document/ID
  number | Số đầy đủ: 6830/UBND-VP | Number in full: 6830/UBND-VP
  serial | Phần số: 6830 | The serial: 6830
  symbol | Phần ký hiệu: UBND-VP | The symbol: UBND-VP
  year | Năm ban hành, 0 nếu không rõ | Year of issue, 0 where unknown
  type | Loại: Chỉ thị, Quyết định, Công văn … | Type: Chỉ thị (directive), Quyết định (decision) …
  issuer | Mã cơ quan: CP, TTg, BYT, UBND:77 …, trống nếu không rõ | Code of the issuer: CP, TTg, BYT, UBND:77 …, empty where unknown
  issued | Ngày ban hành như đa số thông báo ghi | Day of issue as most notices give it
  title | Trích yếu, nếu biết | Title, where known
citations | Thông báo nêu một văn bản | A notice naming a document
  notice
  version
  attachment
  document | Văn bản được nêu (documents.id) | The document named (documents.id)
  role | subject: văn bản chính; cited: được dẫn | subject: what the notice publishes; cited: what it names
  type | Loại như thông báo này ghi | Type as this notice gives it
  date | Ngày như thông báo này ghi | Day as this notice gives it
  mention
  span_start
  span_end
  rule
  number | Số như đọc được | The number as read
  issuer | Mã cơ quan ban hành | Code of the issuer
  document_key | Số viết thống nhất, để ghép | One spelling of the number, for joining
document_relations | Văn bản này làm gì với văn bản kia | What one document does to another
  document | Văn bản tác động (documents.id) | The acting document (documents.id)
  other | Văn bản bị tác động (documents.id) | The document acted on (documents.id)
  relation | replaces, amends, supplements, repeals, expires, based_on, implements | replaces, amends, supplements, repeals, expires, based_on, implements
  notice
  span_start
  span_end
  version
  mention
  rule
  attachment
dates | Ngày nêu trong nội dung | Days named in the text
  notice
  version
  attachment
  date | Ngày, YYYY-MM-DD | The day, YYYY-MM-DD
  inferred | 1: năm suy ra | 1: the year is inferred
  mention
  span_start
  span_end
  rule
phones | Số điện thoại nêu trong nội dung | Phone numbers given in the text
  notice
  version
  attachment
  dial | Số để gọi: 02523999115 | What a person dials: 02523999115
  e164 | Dạng quốc tế, nếu có: +84… | International form, where there is one: +84…
  kind | hotline, contact hay fax | hotline, contact or fax
  status | active: còn dùng; withdrawn: thôi dùng | active or withdrawn
  owner | Ai trả lời, như thông báo ghi | Who answers, as the notice says
  mention
  span_start
  span_end
  rule
  inferred | 1: mã vùng suy ra | 1: its area code is inferred
  replaced_by | Số (dial) thay cho số thôi dùng này, nếu thông báo ghi rõ | The number (dial) that replaces a withdrawn one, where the notice says which
emails | Địa chỉ thư điện tử trong nội dung | E-mail addresses in the text
  notice
  version
  attachment
  value | Địa chỉ | The address
  span_start
  span_end
links | Liên kết trong nội dung | Web addresses in the text
  notice
  version
  attachment
  value | Địa chỉ | The address
  span_start
  span_end
notice_topics | Chủ đề của thông báo và chữ cho thấy điều đó | Topics of notices and the words that tell them
  notice
  topic | hotline, vaccination, testing, quarantine … | hotline, vaccination, testing, quarantine …
  mention
  span_start
  span_end
  rule
ledger | Sổ đường dây nóng: mỗi số một dòng | The ledger of hotlines: one row a number
  dial | Số để gọi | What a person dials
  e164 | Dạng quốc tế, nếu có | International form, where there is one
  owners | Ai trả lời, theo mọi thông báo | Who answers, by all notices
  provinces | Các tỉnh có thông báo nêu số này | Provinces whose notices give it
  first_seen | Ngày đăng của thông báo sớm nhất nêu số này; không rõ thì ngày đọc | Posting day of the first notice that gives it, else the day it was read
  last_seen | Ngày đăng của thông báo mới nhất nêu số này; không rõ thì ngày đọc | Posting day of the newest notice that gives it, else the day it was read
  notices | Số thông báo nêu số này | How many notices give it
  withdrawn | 1: có thông báo ghi thôi dùng | 1: some notice withdrew it
  replaced_by | Các số thay thế, theo mọi thông báo | The numbers that replace it, by all notices
  contradicted | 1: nơi ghi còn dùng, nơi ghi thôi dùng | 1: withdrawn by one notice, active in another
provinces | 63 tỉnh, thành năm 2021 | The 63 provinces of 2021
  code | Mã của Tổng cục Thống kê; địa chỉ là /province/CODE | Code of the General Statistics Office; its address is /province/CODE
  name | Tên năm 2021 | Name of 2021
  slug | Tên không dấu viết liền | Name in plain letters
  name_2025 | Tỉnh từ ngày 01/07/2025 | The province since 1 July 2025
  region | Vùng kinh tế - xã hội năm 2021 | Socio-economic region of 2021
portals | Trang thông tin và lần đọc gần nhất | Portals and how their last reading went
  id | Tên trong danh mục; địa chỉ là /portal/ID | Name in the registry; its address is /portal/ID
  province
  kind | Loại cơ quan | Kind of department
  name | Tên cơ quan | Name of the authority
  url | Địa chỉ trang | Address of the portal
  platform | Hệ quản trị nội dung | The CMS that it runs on
  closed | Ngày đóng cửa, nếu đã đóng | Day it closed, if it did
  last_run | Lần đọc gần nhất, UTC | Last read, UTC
  last_outcome | well: tốt; needs a look: cần xem lại | well, or needs a look
  reason
  last_success | Lần đọc tốt gần nhất, UTC | Last read well, UTC
  failures | Số lần liên tiếp cần xem lại | How often in a row it needed a look
  posts | Số bài mà các trang danh sách nêu | Posts that its list pages named
  read_whole | Lần gần nhất các trang danh sách được đọc đến hết, UTC | When its list pages were last read to their ends, UTC
  reading_since | Lần đọc chưa xong bắt đầu lúc nào, UTC | When a reading began that has not ended (well), UTC
  read_as | Mã băm của mục trong danh mục, khi đọc lần gần nhất | Hash of the registry's entry as it was last read
  successor | Trang thay thế, nếu danh mục có ghi | The portal that took over, where the registry names one
  alerted | Trạng thái đã báo cho người vận hành | The state that the operator was told of
  next_due | Khi nào đọc lại (crawl --due), UTC | When it is to be read again (crawl --due), UTC
pages | Mỗi địa chỉ một dòng: lần tải gần nhất | One row an address: its last fetch
  url | Địa chỉ | The address
  portal
  kind | list, post, attachment hay other | list, post, attachment or other
  outcome | new, changed, unchanged, irrelevant, empty, gone, blocked, failed, skipped | new, changed, unchanged, irrelevant, empty, gone, blocked, failed, skipped
  reason
  fetched_at | Lúc tải, UTC | When, UTC
  etag | Tiêu đề ETag của trang, nếu có | Its ETag header, where it gave one
  last_modified | Tiêu đề Last-Modified, nếu có | Its Last-Modified header, where it gave one
  text_hash | Mã băm của nội dung, hay của tệp | Hash of the text, or of the file
  post_id | Bài mà địa chỉ này thuộc về | The post to which it belongs
  published | Ngày đăng của bài, YYYY-MM-DD | Posting day of its post, YYYY-MM-DD
  capture
  run
page_links | Liên kết của trang danh sách | Links of list pages
  page | Trang danh sách | The list page
  url | Địa chỉ mà nó dẫn tới | The address that it links to
  post_id | Bài mà địa chỉ ấy nêu; trống: một trang danh sách | The post that the address names; none: a list page
  language | Ngôn ngữ của địa chỉ: vi hay en | Language of the address, vi or en
  is_print | 1: bản in | 1: a print view
  published | Ngày đăng mà trang danh sách ghi, YYYY-MM-DD | Posting day as the list page gives it, YYYY-MM-DD
  position | Thứ tự trên trang | Its place on the page
captures | Byte của một trang tại một thời điểm, trong tệp WARC | The bytes of a page at one time, in a WARC file
  id | Số của bản lưu; địa chỉ là /capture/ID | The capture's number; its address is /capture/ID
  url | Địa chỉ đã tải | The address fetched
  fetched_at | Lúc tải, UTC | When, UTC
  status | Mã HTTP | HTTP status
  media_type | Loại nội dung | Media type
  digest | Mã băm của nội dung HTTP | Digest of the payload
  warc | Tệp WARC | The WARC file
  offset | Vị trí trong tệp | Where the record begins
  length | Số byte của bản ghi | Its length in bytes
  via
  run
  refers_to | Bản lưu trước có cùng nội dung (captures.id) | The earlier capture with the same payload (captures.id)
runs | Mỗi lần chạy một dòng | One row a run
  id | Số lần chạy | The run's number
  started | Bắt đầu, UTC | Started, UTC
  finished | Kết thúc, UTC | Finished, UTC
  command | Lệnh | The command
  outcome | well, needs a look, interrupted, running | well, needs a look, interrupted, running
  pages | Số trang đã tải | Pages fetched
  notices | Số thông báo mới hoặc đã đổi | Notices that were new or changed
  counts | Số trang theo kết quả, JSON | Pages by outcome, JSON
portal_runs | Mỗi lần đọc một trang thông tin một dòng | One row for each reading of a portal
  portal
  run
  via | live, archive hay warc | live, archive or warc
  finished | Kết thúc, UTC | Finished, UTC
  seconds | Số giây | Seconds
  outcome | well, needs a look hay interrupted | well, needs a look or interrupted
  finding | Điều cần xem, một từ | What to look at, in a word
  reason | Điều cần xem, một câu | What to look at, in a sentence
  pages | Số trang đã tải | Pages fetched
  notices | Số thông báo mới hoặc đã đổi | Notices that were new or changed
  posts | Số bài mà các trang danh sách nêu | Posts that its list pages named
  first | Số bài trên các trang bắt đầu | Posts on its start pages
  read | Số bài đã đọc | Posts read
  titled | Trong đó có tiêu đề | Of these, with a title
  dated | Trong đó có ngày đăng | Of these, with a posting day
  texted | Trong đó có nội dung | Of these, with a text
  whole | 1: đọc mọi trang danh sách đến hết | 1: all its list pages were read to their ends
suppressions | Những gì đã gỡ theo yêu cầu và không trở lại | What was removed on request and stays out
  id | Số của thông báo hay tệp đã gỡ | The number of the notice or file
  kind | notice: thông báo; file: tệp | notice or file
  notice | Thông báo đó, hoặc thông báo có tệp đó | The notice, or the one that had the file
  portal
  reason | Lý do, do người vận hành ghi | Why, as the operator wrote it
  day | Ngày gỡ | The day it was removed
suppressed_addresses | Nội bộ: địa chỉ của những gì đã gỡ, chỉ dưới dạng mã băm | Internal: addresses of what was removed, as hashes alone
  address | Mã băm của địa chỉ | Hash of the address
  suppression | Của mục nào (suppressions.id) | Of which removal (suppressions.id)
stale_documents | Nội bộ: văn bản chờ ghép lại | Internal: documents to be settled again
  document_key | Số văn bản | Number of the document
_sqlite_migrations | Nội bộ: các bước nâng cấp đã làm | Internal: upgrades of the schema that were made
  id | Số thứ tự | Number in order
  migration_set | Bộ | The set
  name | Tên bước | Name of the step
  applied_at | Lúc làm | When
"""  # noqa: E501 - a line a column
_COMMON = {
    "notice": ("Thông báo (notices.id)", "The notice (notices.id)"),
    "version": ("Bản đã đọc (versions.id)", "The version read (versions.id)"),
    "attachment": ("Tệp, nếu đọc từ tệp (attachments.id)", "The file, where read there (attachments.id)"),
    "portal": ("Trang thông tin (portals.id)", "The portal (portals.id)"),
    "province": ("Tỉnh, tên năm 2021", "Province, by its name of 2021"),
    "mention": ("Chữ như in trong nội dung", "The words as printed"),
    "span_start": (
        "Vị trí đầu trong versions.text (của tệp: attachments.text), tính theo ký tự",
        "Where it begins in versions.text (of a file: attachments.text), in code points",
    ),
    "span_end": ("Vị trí cuối trong nội dung ấy", "Where it ends in that text"),
    "rule": ("Quy tắc đã tìm ra", "The rule that found it"),
    "capture": ("Bản lưu (captures.id)", "The capture (captures.id)"),
    "run": ("Lần chạy (runs.id)", "The run (runs.id)"),
    "via": ("live, wayback, commoncrawl hay warc", "live, wayback, commoncrawl or warc"),
    "first_seen": ("Thấy lần đầu, UTC", "First seen, UTC"),
    "last_seen": ("Thấy lần cuối, UTC", "Last seen, UTC"),
    "reason": ("Lý do của kết quả", "Why the outcome is what it is"),
}  # fmt: skip
#: Tables that only the program needs.
INTERNAL = ("suppressed_addresses", "stale_documents", "_sqlite_migrations")
Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a table holds, and each of its columns, in Vietnamese and in English."""

    told: Told
    columns: dict[str, Told]


@cache
def dictionary() -> dict[str, Table]:
    """Every table and view of the index but the parts of full-text search."""
    found: dict[str, Table] = {}
    columns: dict[str, Told] = {}
    for line in _TABLES.strip().splitlines():
        name, *words = (part.strip() for part in line.split(" | "))
        if line.startswith("  "):
            columns[name] = (words[0], words[1]) if words else _COMMON[name]
        else:
            columns = {}
            found[name] = Table((words[0], words[1]), columns)
    return found
