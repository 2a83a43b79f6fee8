"""What a line at the top of a page is, by its look: a menu, an authority's banner, a toolbar, prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crawler.extract.normalise import CAPITALS, SMALL
from crawler.extract.stamps import Stamp, stamp_of


class Kind(StrEnum):
    """The part that a line plays on a page."""

    TOOLS = "tools"  # counters, letter size, print, share: they may stand between headline and stamp
    CHROME = "chrome"  # menus, breadcrumbs, labels, a letterhead's lines
    BANNER = "banner"  # the name of the authority or of its site
    SECTION = "section"  # a name without news in it, as sections have
    PROSE = "prose"
    HEADLINE = "headline"


#: A line of the body may look like a headline, a headline is never longer than this.
LONGEST = 320
_TOOLS = re.compile(
    r"(?:xem\s)?(?:cỡ chữ|kích (?:cỡ|thước) chữ)|(?:tăng|giảm) (?:tương phản|cỡ chữ)|đọc bài viết"
    r"|(?:in|gửi|lưu) (?:bài|trang|tin)|bản in|chia s[ẻẽ]|(?:tổng )?(?:số )?lượt (?:xem|đọc)|(?:đã"
    r"|số lần) xem"
    r"|đánh giá bài viết"
    r"|^chi tiết (?:bài viết|tin(?: bài)?|nội dung)(?: tin nổi bật)?$"
    r"|view count|phản hồi|bình luận|facebook|zalo|google|twitter|chế độ (?:xem|đọc|ban đêm)|xuất pdf|\[in\]"
    r"|loading",
    re.I,
)
# What parts the items of a byline, and the initials of who wrote: "|", "• /", "• BC".
_FILLER = re.compile(r"^(?:\||[•*]\s?(?:/|[A-ZĐ]{1,4}))$")
_MENU = re.compile(
    r"thống kê truy cập|đang (?:truy cập|online)|hôm nay\s*:|lượt truy cập|đăng nhập|trang chủ"
    r"|skip (?:ribbon|to main|navigation)"
    r"|tổng số|tháng hiện tại|trong tuần\s*:|giới thiệu \||liên hệ$|tìm kiếm$|thư viện (?:video|ảnh|hình ảnh)"
    r"|^(?:image )?banner$|^(?:image|logo|breadcrumbs?)$|portlet menu\b|\bBlock_\w+|_WAR_\w+_INSTANCE_"
    r"|^nhảy đến nội dung|^null$"
    r"|^xuất bản thông tin$|từ khóa _|^hiển thị \d|^menu$|^english$|^sign in$|^ipv6|^\d+°|^tin tức$|^loading",
    re.I,
)
_ENTRY = (
    r"(?:trang chủ|giới thiệu|tin tức(?: - sự kiện)?|văn bản|công báo|dịch vụ công|hỏi đáp|liên hệ|góp ý"
    r"|thủ tục hành chính|công dân|doanh nghiệp|du khách|chính quyền|nhà đầu tư|cơ cấu tổ chức|lịch công tác"
    r"|thư viện(?: ảnh| video)?|tra cứu|thông báo|tuyển dụng|đăng ký|tiếng việt|english"
    r"|toàn văn|thuộc tính|lịch sử|văn bản gốc|vb liên quan|văn bản liên quan|lược đồ|bản pdf|hiệu lực)"
)
#: The entries of a menu on one line: "Giới thiệu Tin tức Công dân Doanh nghiệp Du khách".
_ENTRIES = re.compile(rf"(?:{_ENTRY}[\s|·»/-]*){{3,}}", re.I)
# The blanks that part the entries of a menu before they are folded: "Toàn văn   Thuộc tính   Lịch sử".
_WIDE = re.compile(r" {3,}|\t+|\u00a0{2,}")
#: A row of a list of documents: "12/HD-BCĐ 22/07/2021 Hướng dẫn …", "» Công văn số 12/SCT-KH (05/8/2021): …".
_ROW = re.compile(
    r"(?:[»►•▪*+–-]\s*)?(?:\d{1,3}\s{1,3})?(?:[^\W\d]+\s(?:[^\W\d]+\s)?số\s)?\d{1,5}/(?:\d{4}/)?[A-ZĐ][\w-]+"
    r"(?:(?:\s{1,3}|\s?\|\s?)\d{1,2}/\d{1,2}/\d{4}\b|\s\(\d{1,2}/\d{1,2}/\d{4}\)\s?:)"
    # … or with its place in the list, its day at the end, or with nothing else in it.
    r"|\d{1,3}\s\d{1,5}/(?:\d{4}/)?[A-ZĐ][\w-]+\s[^\n]{3,300}\s\d{1,2}/\d{1,2}/\d{4}$"
    r"|\d{1,5}/(?:\d{4}/)?[A-ZĐ][\w&/-]+$"
)
# A row of a list of numbers to call, whose cells nothing parts: "1 TP Hải Dương 02203.845.217 0912 960 333".
_CALLED = re.compile(r"\d{1,3}\s[^\W\d].{2,60}?\s(?:0\d|[2-9][ .]?\d{3}[ .])[\d .–-]{6,}$")
# An address with its numbers, as letterheads and footers have: "Số 2 đường … - Điện thoại: (0255) 3822.684".
_ADDRESS = re.compile(r"^(?:số\s)?\d.{0,80}(?:điện thoại|đt|tel|fax)\s*[.:]\s*[\d(]", re.I)
_CHROME = re.compile(
    r"^(?:<[a-z!/]|tin tức - sự kiện\s?:"
    r"|.{0,60}\b(?:bật|enable) java\s?s(?:cript|cipt|rcipt|cirpt)\b"
    r"|.{0,60}kính chào quý|chào mừng \d+ năm\b"
    r"|welcome to|hôm nay\b.{0,9}(?:thứ|chủ nhật|ngày|:)|bây giờ\b|chào mừng (?:bạn|quý|đến với|các bạn"
    r"|kỷ niệm)|(?:đường dây nóng|hotline)[\s:]+[\d(+][\d\s./()+–-]*(?:$|\|)|nhiệt liệt chào mừng"
    r"|hướng tới kỷ niệm"
    r"|(?:quyết tâm|phấn đấu|ra sức thi đua|đoàn kết|toàn đảng, toàn dân)\b.{0,60}(?:thực hiện|hoàn thành)"
    r" (?:thắng lợi|thành công|xuất sắc)[^.;:]{0,20}\s(?:nghị quyết|mục tiêu|nhiệm vụ|kế hoạch)\b"
    r"|[^.:]{10,120}[\"“](?-i:[^\"”a-zđ]{20,})[\"”]\s?!$"
    r"|thi đua lập thành tích|[•►▶»>]|kính gửi|nơi nhận"
    r"|(?:đường dây nóng|hotline|điện thoại|đt|tel|e-?mail|fax|website|địa chỉ)\s*:|home\b|trang chủ\b"
    r"|số\s*:|số\s\d{1,5}\s?[-–/]\s?[A-ZĐ]{2,5}\s?[-–/]\s?\S{2,12}$"
    r"|(?:số,? ?/? ?(?:ký|kí) hiệu|số hiệu|số văn bản|ngày (?:ban hành|ký|hiệu lực|có hiệu lực)"
    r"|(?:cơ quan|đơn vị) ban hành"
    r"|(?:cơ quan|đơn vị)\s(?:trực tiếp|phối hợp|có thẩm quyền|thực hiện)[^:]{0,30}"
    r"|(?:nơi|thời gian|cách thức|hình thức) (?:tiếp nhận|nộp|trả)[^:]{0,20}|người ký"
    r"|(?:loại|hình thức|tình trạng) văn bản|(?:tệp"
    r"|file)[^:]{0,8} đính kèm)\s*:|theo\s.{0,30}$"
    r"|(?:nguồn(?: tin)?|tác giả|người (?:đăng|gửi|viết|hỏi)|tags?|từ khóa|từ khoá|mã số|chuyên mục|lĩnh vực"
    r"|thể loại|loại tin)\s*:|bạn đang (?:ở|xem)|ngôn ngữ\b)",
    re.I,
)
# A letterhead's two columns come as one line: "HỘI ĐỒNG NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".
_LETTERHEAD = re.compile(
    r"cộng h[oò][àa] xã hội chủ nghĩa việt nam$|độc lập\s?[-–]\s?tự do\s?[-–]\s?hạnh phúc$"
    r"|^đảng cộng sản việt nam$",
    re.I,
)
_CRUMBS = re.compile(
    r"^[^\d/]{2,30}(?:\s/\s[^\d/]{2,40}){1,4}$|\s(?:>>?|»|›|→|::)\s|^(?:trang chủ|home)\b.*\s[/|-]\s",
    re.I,
)
_DATELINE = re.compile(
    r"^(?!điểm (?:báo|tin)|bản tin|thông báo|báo cáo|tình hình|kết quả|lịch)"
    # "Sơn La, ngày …"; without a comma only behind a name: "Cấp độ dịch ngày 20/12/2021" is none.
    rf"(?:[^\W\d]\w*\.?(?:\s[^\W\d]\w*\.?){{0,4}},"
    rf"|(?-i:[{CAPITALS}])\w*\.?(?:\s(?-i:[{CAPITALS}])\w*\.?){{0,4}})"
    r"\s(?:ngày|ngay)\s"
    r"[\s.…_\d]{0,12}(?:tháng|/)[\s.…_/\d]{0,14}"
    r"(?:năm\s[\d.…]*)?$",
    re.I,
)
_RULE = re.compile(r"^[\W_]+$")
#: A sentence that says first when or on what ground: "Chiều 01-03, Ban Chỉ đạo … họp và thống nhất …."
_SAYS_WHEN = re.compile(
    r"^(?:(?:sáng|trưa|chiều|tối|đêm)(?: ngày| qua| nay)?[ ,]\S*\d|ngày \d|lúc \d|từ (?:đầu|cuối|ngày|\d)"
    r"|vào (?:sáng|trưa|chiều|tối|ngày|lúc)|hôm (?:nay|qua)|trước đó|thực hiện|căn cứ|theo)\b",
    re.I,
)
_UNIT = re.compile(
    r"^(?:[uủ][yỷ] ban|UBND|HĐND|UBMTTQ|MTTQ|hội đồng|mặt trận tổ quốc|đoàn|sở|ban|chi cục|cục|tổng cục"
    r"|bộ|viện"
    r"|trung tâm|bệnh viện|hội|liên đoàn|liên hiệp|đảng bộ|đảng ủy|tỉnh [uủ][yỷ]|thành [uủ][yỷ]"
    r"|huyện [uủ][yỷ]"
    r"|thị [uủ][yỷ]|cổng|trang|văn phòng|phòng(?!,| (?:chống|ngừa|dịch|bệnh|tránh|và chống))|công an"
    r"|trường|đài|báo|tạp chí|tỉnh|thành phố|huyện|thị xã|quận"
    r"|xã|phường|thị trấn|khu (?:kinh tế|công nghiệp)|TP)\b",
    re.I,
)
# Names of authorities hold words that otherwise tell news.
_NAMES = re.compile(
    r"ban (?:chỉ đạo(?: phòng,? chống[^,]{0,40})?|tổ chức|tiếp công dân|quản lý [^,]{0,40})"
    r"|cao bằng"
    r"|trung tâm (?:phát triển quỹ đất|kiểm soát bệnh tật|hỗ trợ|xúc tiến|phục vụ hành chính công|giám sát)"
    r"|nông nghiệp và phát triển nông thôn"
    r"|kế hoạch và đầu tư|thông tin và truyền thông"
    r"|thông tin điện tử|thông tin (?:tổng hợp|y tế|nội bộ)|hỏi đáp"
    r"|tổ chức (?:cán bộ|bộ máy)|trong (?:tỉnh|nước|huyện|ngành|thành phố)|cần biết|từ cơ sở"
    r"|lịch (?:công tác|làm việc|tiếp (?:công )?dân)",
    re.I,
)
#: Words that tell news: a line with one of them is no mere name.
_NEWS = re.compile(
    r"\b(?:về|v/v|v\.v|ban hành|công bố|công khai|hướng dẫn|tổ chức|tăng cường|đẩy mạnh|triển khai|tiếp tục"
    r"|tiếp nhận|yêu cầu|đề nghị|kêu gọi|họp|kiểm tra|kiểm soát|xử phạt|xử lý|trao|tặng|ủng hộ|thăm"
    r"|ghi nhận|tạm"
    r"|dừng|ngưng|ngừng|nghỉ|cho|được|bị|có|không|đã|sẽ|vừa|đang|phải|cần|lập|thành lập|mở|đóng|nhận|khẩn"
    r"|(?<!du )lịch"
    r"|góp|giúp|chia|gỡ|giữ|nhắc|phạt"
    r"|danh sách|kế hoạch|kết quả|tình hình|bản tin|thêm|từ|đến|để|nhằm|theo|do|vì|thực hiện|siết|nới|gỡ"
    r"|phong t[oỏ][ỏa]|giãn cách|cách ly|tiêm|xét nghiệm|phát động|hưởng ứng|vận động|bảo đảm|đảm bảo"
    r"|điều chỉnh"
    r"|bổ sung|thay đổi|hỗ trợ|tìm|ra|chuyển|lên|gửi|báo cáo|quyết định|công điện|công văn|chỉ thị|nghị quyết"
    r"|thư|tập trung|chủ động|quyết liệt|khuyến cáo|cảnh báo|xin|mời|trả lời|giải đáp|góp ý|lấy ý kiến|sơ kết"
    r"|tổng kết|khai mạc|khai trương|ra quân|thành(?! (?:phố|ủy|uỷ))|quyên góp|đón|đưa|trước|sau|khi|trong"
    r"|với|bằng|năm \d+|đấu giá|mời thầu|chào giá|báo giá|tuyển dụng|tuyển sinh"
    r"|bổ nhiệm"
    r"|khen thưởng|biểu dương|gặp mặt|chúc mừng|hội nghị|hội thi|diễn tập|phê duyệt|gia hạn|kéo dài"
    r"|khôi phục|ứng phó"
    r"|quy định|xác nhận|phát hiện|lấy mẫu|truy vết|khoanh vùng|chung tay|đồng hành|tri ân|sẵn sàng"
    r"|tiếp sức|cấp|phát"
    r"|bàn giao|khởi động|rà soát|chấn chỉnh|đôn đốc|nâng|giảm|tăng|sửa đổi|thay thế|bãi bỏ|hủy|huỷ)\b",
    re.I,
)
_SECTION = re.compile(
    r"^(?:tin|thông tin|văn bản|chỉ đạo|hoạt động|thông báo|sự kiện|chuyên (?:mục|trang|đề)|dịch vụ|hỏi"
    r"|chính trị"
    r"|kinh tế|văn hóa|văn hoá|xã hội|y tế|giáo dục|thi đua|cải cách|tuyển|tuyên|an ninh|quốc phòng|pháp luật"
    r"|phổ biến|công tác|khoa học|nông nghiệp|nông thôn|chuyển đổi|lao động|tổ chức|học tập|xây dựng"
    r"|đời sống|du lịch"
    r"|lấy ý kiến|phòng,? chống|covid|dịch|thời sự|địa phương|trong tỉnh|ngành|chính sách|hướng dẫn|tài liệu"
    r"|chi tiết)\b",
    re.I,
)
# Two sentences on one line are prose; "TP. Vũng Tàu" and "Q.1" are no ends of sentences.
_SENTENCES = re.compile(r"(?<!TP)(?<!\bT)(?<!\bQ)(?<!\bP)(?<!TX)(?<!\bH)(?<!V/v)[.!?…]\s+[^\W\da-zđ]")
_NUMBERED = re.compile(r"^(?:[^\W\d_]+\s){1,3}số\s*:?\s*\d{1,5}/", re.I)
_BYLINE = re.compile(
    r"^(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trịnh|Mai|Tạ"
    r"|Lưu|Hà|Lò|Vừ|Giàng|Sùng|Nông|Ma|Quàng|Cà|Vàng|Thào|Lường|Triệu|Chu|Bế|Hứa|Lương|Cao|Châu|Thạch|Danh"
    r"|Lâm|Tô|Từ|Tống|Quách|Kiều|Đào|Thái|Phùng|Mạc|Ninh|Giáp|Trương|Vương|Cù|Khuất|Nghiêm|Lục|Vi|Hờ)"
    r"(?:\s[^\W\d_a-zđ]\w{0,7}){1,3}$|^(?:BBT|PV|CTV|BTV|admin|ban biên tập)\b.{0,20}$"
)


@dataclass(frozen=True)
class Line:
    """A line of a text and where it starts; `menu` says that wide blanks parted its entries."""

    start: int
    text: str
    menu: bool = False

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @cached_property
    def stamp(self) -> Stamp | None:
        """The posting stamp that it is."""
        return stamp_of(self.text)

    @cached_property
    def kind(self) -> Kind:
        """The part that it plays, by its look."""
        return Kind.CHROME if self.menu or self.stamp else kind_of(self.text)


def doubled(line: str) -> bool:
    """Whether a line says one thing twice ("Thông báo chung Thông báo chung"): a menu entry and its tip."""
    half = len(line) // 2
    return len(line) > 6 and line[:half].strip() == line[half:].strip()


def kind_of(line: str) -> Kind:
    """What a line (folded blanks, not empty) is, taken by itself; stamps are told elsewhere."""
    if len(line) > LONGEST or _SENTENCES.search(line):
        return Kind.PROSE
    if _FILLER.match(line) or (
        len(line) <= 80 and (_is_byline(line) or (_TOOLS.search(line) and not _news_beside_tools(line)))
    ):
        return Kind.TOOLS
    if (
        _RULE.match(line)
        or _CHROME.match(line)
        or _LETTERHEAD.search(line[-60:])
        or _CRUMBS.search(line)
        or _DATELINE.match(line)
    ):
        return Kind.CHROME
    if (
        _ENTRIES.fullmatch(line)
        or (len(line) <= 60 and _MENU.search(line))
        or doubled(line)
        or " | " in line
        or line.count(" · ") > 1
    ):
        return Kind.CHROME  # a menu's or a table's row
    if is_row(line) or _ADDRESS.match(line) or _CALLED.match(line):
        return Kind.CHROME
    if is_banner(line):
        return Kind.BANNER
    if is_section(line):
        return Kind.SECTION
    return Kind.PROSE if _ends_as_prose(line) else Kind.HEADLINE


def _is_byline(line: str) -> bool:
    """Whether a line is the name of who wrote: "Lò Văn Thử", "LÒ VĂN THỬ"."""
    return _BYLINE.match(line.title() if line.isupper() and not tells_news(line) else line) is not None


def is_menu(line: str) -> bool:
    """Whether a line, its blanks not yet folded, is a row of short entries that wide blanks part."""
    entries = [entry.strip() for entry in _WIDE.split(line.strip())]
    return len(entries) > 2 and all(entry and len(entry) <= 30 and entry[-1].isalpha() for entry in entries)


def is_row(line: str) -> bool:
    """Whether a line is a row of a list of documents."""
    return _ROW.match(line) is not None


def _news_beside_tools(line: str) -> bool:
    """ "Chia sẻ kinh nghiệm chống dịch" is a headline, "Chia sẻ: | Cỡ chữ A A+" is none."""
    rest = re.sub(r"[\W\d_]+", "", _TOOLS.sub("", line))
    return len(rest) > 25


# Behind the place that ends an authority's name stands news: "Hội Nông dân tỉnh Bắc Kạn kết nối giúp …".
_BEHIND_PLACE = re.compile(
    rf"\s(?:tỉnh|thành phố|TP\.?|huyện|quận|thị xã|xã|phường|thị trấn)\s[{CAPITALS}][^\W\d]*"
    rf"(?:\s[{CAPITALS}][^\W\d]*)*\s(?!và\s|tỉnh\s|thành\s|huyện\s|quận\s|thị\s|xã\s|phường\s|phòng|khóa"
    r"|nhiệm)"
    rf"[{SMALL}][^\W\d]*\s"
)


# "Cổng thông tin điện tử TP Tuy Hòa - Đường dây nóng: 0257 3823 015"
_HOTLINE_BESIDE = re.compile(r"\s[-–|]\s(?:đường dây nóng|hotline|điện thoại|đt)\s*:\s*[\d\s.()+–-]+$", re.I)


# "Sở Văn Hoá, Thể thao và Du lịch thành phố Hồ Chí Minh - Thông báo"
_SECTION_BESIDE = re.compile(
    r"\s[-–|]\s(?:thông báo|tin tức|tin tức - sự kiện|tin tức sự kiện|văn bản|sự kiện)$", re.I
)

#: A site's name with its motto: "DU LỊCH LAI CHÂU - Miền đất ấn tượng".
_MOTTO = re.compile(
    rf"(?=.{{10,60}}$)[{CAPITALS}]+(?: [{CAPITALS}]+){{2,6}} [-–] ([{CAPITALS}][{SMALL}][^.:;?!\d]*)"
)


def is_banner(line: str) -> bool:
    """Whether a line is the name of an authority or its site ("SỞ Y TẾ TỈNH SƠN LA") and tells no news."""
    line = _SECTION_BESIDE.sub("", _HOTLINE_BESIDE.sub("", line))
    if (motto := _MOTTO.fullmatch(line)) and not _NEWS.search(motto[1]):
        return True
    return (
        len(line) <= 110
        and _UNIT.match(line) is not None
        and not re.search(r"[\d:?“”\"]|covid", _NAMES.sub("", line), re.I)
        and not tells_news(line)
        and not _BEHIND_PLACE.search(line)
    )


def is_section(line: str) -> bool:
    """Whether a line is short and tells no news, as a section's name does."""
    if len(line) > 44 or re.search(r"[\d?:]|\b(?:các|những)\b", re.sub("covid-?19", "", line, flags=re.I)):
        return False
    # The last words decide: "Thông tin chỉ đạo điều hành", but "Thông tin về ca mắc".
    return _SECTION.match(line) is not None and not _NEWS.search(_NAMES.sub("", line), 1)


def tells_news(line: str) -> bool:
    """Whether a word of a line tells news, beside those of authorities' names."""
    return _NEWS.search(_NAMES.sub("", line)) is not None


def begins_with_when(line: str) -> bool:
    """Whether a line says first when or on what ground, as sentences do."""
    return _SAYS_WHEN.match(line) is not None


def names_unit(line: str) -> bool:
    """Whether a line begins like an authority's name."""
    return _UNIT.match(line) is not None


def names_section(line: str) -> bool:
    """Whether a line begins like a section's name."""
    return _SECTION.match(line) is not None


def _ends_as_prose(line: str) -> bool:
    if line.endswith("."):
        # Some headlines end like sentences; long ones do so only where they quote an act by its number.
        return _SAYS_WHEN.match(line) is not None or (len(line) > 140 and not _NUMBERED.match(line))
    return line.endswith((";", ":", ",", "|", "./"))
