"""Every word of the site's own pages, in Vietnamese and in English."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from crawler import provinces

#: key: (Vietnamese, English). A page asks for a key; a missing one is an error, never an empty label.
WORDS: dict[str, tuple[str, str]] = {
    "site": ("Thông Báo", "Thông Báo"),
    "claim": ("Các tỉnh đã thông báo gì về COVID-19", "What Vietnam's provinces announced about COVID-19"),
    "to_content": ("Đến nội dung", "Skip to content"),
    "search": ("Tìm", "Search"),
    "search_label": ("Tìm trong thông báo, số văn bản, số điện thoại", "Search notices, document numbers,"
    " phone numbers"),
    "search_hint": ("có dấu hay không dấu đều được: ", "with or without diacritics: "),
    "hotlines": ("Đường dây nóng", "Hotlines"),
    "provinces": ("Tỉnh, thành", "Provinces"),
    "data": ("Dữ liệu", "Data"),
    "about": ("Giới thiệu", "About"),
    "other_language": ("English", "Tiếng Việt"),
    "results": ("Kết quả", "Results"),
    "one_notice": ("thông báo", "notice"), "many_notice": ("thông báo", "notices"),
    "one_document": ("văn bản", "document"), "many_document": ("văn bản", "documents"),
    "one_hotline": ("đường dây nóng", "hotline"), "many_hotline": ("đường dây nóng", "hotlines"),
    "one_portal": ("trang thông tin", "portal"), "many_portal": ("trang thông tin", "portals"),
    "one_unchanged": ("đoạn không đổi", "paragraph unchanged"),
    "many_unchanged": ("đoạn không đổi", "paragraphs unchanged"),
    "more_than": ("hơn", "more than"),
    "unranked": (
        "Hơn {} thông báo có từ này: {} thông báo mới nhất xếp theo tiêu đề, còn lại xếp theo ngày.",
        "More than {} notices have these words: the newest {} are ranked by their titles, the rest by date.",
    ),
    "sampled": (
        "Các số dưới đây đếm trong {} thông báo mới nhất tìm được.",
        "Counted among the newest {} notices found.",
    ),
    "uncounted": (
        "Máy chủ đang quá bận để đếm bộ lọc; kết quả vẫn đúng.",
        "The server is too busy to count for filters now; the results are right.",
    ),
    "all_notices": ("Tất cả thông báo", "All notices"),
    "all_provinces": ("tất cả", "all"),
    "show": ("Xem", "Show"),
    "sort": ("Xếp theo", "Sort by"),
    "relevance": ("mức phù hợp", "relevance"),
    "date": ("ngày đăng", "date"),
    "next": ("Trang sau", "Next page"),
    "take_away": ("Mang về kết quả này", "Take this result away"),
    "to_filters": ("Thu hẹp kết quả", "Narrow the result"),
    "filters": ("Bộ lọc", "Filters"),
    "remove": ("bỏ", "remove"),
    "show_more": ("thêm", "more"),
    "province": ("Tỉnh", "Province"),
    "kind": ("Cơ quan", "Department"),
    "month": ("Tháng", "Month"),
    "topic": ("Chủ đề", "Topic"),
    "type": ("Loại văn bản được công bố", "Type of document announced"),
    "nothing": ("Không tìm thấy thông báo nào.", "No notice found."),
    "try": ("Hãy thử:", "Try:"),
    "try_fewer": ("ít từ hơn", "fewer words"),
    "try_quotes": ("bỏ dấu ngoặc kép", "no quotation marks"),
    "try_filters": ("bỏ bớt bộ lọc", "fewer filters"),
    "try_marks": ("viết không dấu", "words without diacritics"),
    "untitled": ("(không tiêu đề)", "(untitled)"),
    "no_date": ("không rõ ngày", "no date"),
    "source": ("Nguồn", "Source"),
    "gone": ("Trang gốc không còn từ", "Gone from its portal since"),
    "text": ("Nội dung", "Text"),
    "facts": ("Dữ kiện", "Facts"),
    "documents": ("Văn bản", "Documents"),
    "document": ("Văn bản", "Document"),
    "phones": ("Điện thoại", "Phones"),
    "emails": ("Thư điện tử", "E-mail"),
    "dates": ("Ngày", "Dates"),
    "printed_so": ("in như vậy; các nơi khác ghi {}", "as printed; elsewhere {}"),
    "days_inferred": ("năm suy ra", "year inferred"),
    "topics": ("Chủ đề", "Topics"),
    "files": ("Tệp đính kèm", "Attachments"),
    "file_of": ("Tệp của", "Attached to"),
    "in_files": ("Trong tệp đính kèm", "In attached files"),
    "page": ("trang", "page"),
    "ocr": ("nhận dạng từ bản quét", "recognised on a scan"),
    "ocr_note": (
        "Chữ trên trang này do máy nhận dạng từ bản quét, có thể sai; hãy đối chiếu với tệp gốc.",
        "A machine recognised these letters on a scan and may be wrong: compare them with the file itself.",
    ),
    "seen_at": ("Đã thấy ở", "Seen at"),
    "versions": ("Các bản đã đọc", "Versions"),
    "read_on": ("Đọc ngày", "Read on"),
    "newest_version": ("bản hiện nay", "the text of now"),
    "first_version": ("Bản đầu tiên đã đọc.", "The first text that was read."),
    "compared": ("So với bản trước", "Compared with the text before"),
    "gone_words": ("bỏ đi", "left out"),
    "new_words": ("thêm vào", "added"),
    "see_changes": ("{} bản: xem đã đổi gì", "{} texts: see what changed"),
    "also_at": ("Cùng nội dung ở", "The same text at"),
    "cite": ("Trích dẫn", "Cite"),
    "viewed": ("xem ngày", "viewed"),
    "subject": ("văn bản chính", "subject"),
    "cited": ("được dẫn", "cited"),
    "hotline": ("đường dây nóng", "hotline"),
    "contact": ("liên hệ", "contact"),
    "fax": ("fax", "fax"),
    "withdrawn": ("thôi dùng", "withdrawn"),
    "replaced_by": ("thay bằng", "replaced by"),
    "contradicted": ("có nơi ghi thôi dùng, có nơi ghi còn dùng", "withdrawn by one notice, active in"
    " another"),
    "in_text": ("xem trong văn bản", "show in the text"),
    "number": ("Số", "Number"),
    "owner": ("Đơn vị", "Owner"),
    "first_posted": ("Đăng lần đầu", "First posted"),
    "last_posted": ("Đăng lần cuối", "Last posted"),
    "days_of_posting": (
        "Ngày đăng của thông báo đầu tiên và mới nhất nêu số; không rõ thì ghi ngày đọc.",
        "The days on which the first and the newest notice with the number were posted; where that is not"
        " known, when they were read.",
    ),
    "owner_or_number": ("Đơn vị hoặc số", "Owner or number"),
    "to_print": ("Tất cả các số trên một trang, để in", "All numbers on one page, to print"),
    "only_first": (
        "Chỉ có {} số đầu tiên: hãy chọn tỉnh, hoặc gõ thêm chữ.",
        "Only the first {} numbers: choose a province, or type more.",
    ),
    "notices": ("Thông báo", "Notices"),
    "issued": ("Ban hành", "Issued"),
    "issuer": ("Cơ quan ban hành", "Issuer"),
    "unknown": ("không rõ", "unknown"),
    "published_by": ("Thông báo về văn bản này", "Notices about this document"),
    "cited_by": ("Thông báo dẫn văn bản này", "Notices that cite it"),
    "by_month": ("Số thông báo dẫn văn bản này theo tháng", "Notices that name this document, by month"),
    "by_province": ("Theo tỉnh", "By province"),
    "as_table": ("Xem dạng bảng", "As a table"),
    "timeline": ("Dòng thời gian", "Timeline"),
    "by_week": ("Số thông báo mỗi tuần", "Notices a week"),
    "week": ("Tuần từ ngày", "Week from"),
    "by_topic": ("Theo chủ đề", "By topic"),
    "all_topics": ("tất cả", "all"),
    "map": ("Bản đồ", "Map"),
    "map_of": ("Số thông báo tháng {}", "Notices of {}"),
    "map_text": (
        "Tỉnh càng sẫm càng có nhiều thông báo trong tháng; bảng bên cạnh ghi cùng các số.",
        "The darker a province, the more notices it published in the month; the table beside says the same.",
    ),
    "legend_of_map": ("Số thông báo theo màu", "Notices by shade"),
    "map_source": ("Đường ranh giới:", "Outlines:"),
    "map_changed": ("đã giản lược.", "simplified."),
    "by_today": ("Gộp theo 34 tỉnh hiện nay", "Grouped to the 34 provinces of today"),
    "by_2021": ("Theo 63 tỉnh năm 2021", "By the 63 provinces of 2021"),
    "slide": ("Kéo để đổi tháng", "Slide through the months"),
    "unread_area": ("chưa đọc", "not read"),
    "unread_or_blocked": ("chưa đọc hoặc bị chặn", "not read, or blocked"),
    "month_before": ("Tháng trước", "Month before"),
    "month_after": ("Tháng sau", "Month after"),
    "milestones": ("Văn bản của trung ương được dẫn nhiều nhất", "The national acts that most notices name"),
    "coverage": ("Độ phủ", "Coverage"),
    "coverage_text": (
        "Số thông báo đã đọc được theo tháng. Không có thông báo nào không có nghĩa là không có gì xảy ra:"
        " trang có thể bị chặn, chưa đọc, hoặc đã gỡ bài.",
        "How many notices of each month were read. Where none was, that does not mean that nothing happened:"
        " a portal may block, be unread, or have removed its posts.",
    ),
    "legend": (
        "0: đã đọc trong hoặc sau tháng đó, không có thông báo nào · ✕: trang chặn việc đọc · ?: chưa đọc"
        " hoặc chưa rõ. Một tỉnh có 0 khi mọi trang đã thử đọc của tỉnh đều như vậy.",
        "0: read in that month or later, no notice found · ✕: a portal blocks reading · ?: not read, or"
        " unknown. A province has 0 where that is so of every portal of it that was tried.",
    ),
    "nothing_read": ("Chưa đọc trang nào.", "No portal was read yet."),
    "unread": (
        "Chưa đọc trang nào của {} tỉnh, thành:",
        "No portal was read yet of {} provinces:",
    ),
    "state_none": ("đã đọc", "read"),
    "state_blocked": ("bị chặn", "blocked"),
    "state_unknown": ("chưa rõ", "unknown"),
    "accuracy": ("Độ chính xác đo được", "Measured accuracy"),
    "accuracy_text": (
        "Đo trên {} thông báo soạn riêng để kiểm tra, gán nhãn bằng tay và không dùng để sửa chương trình."
        " F1 gộp phần tìm được và phần tìm đúng; 1 là không sót, không sai.",
        "Measured on {} notices that were composed for the test, labelled by hand and never used to mend the"
        " program. F1 joins what was found and what was found rightly; 1 is nothing missed, nothing wrong.",
    ),
    "accuracy_limits": (
        "Đây không phải thông báo thật lấy từ các trang: nhiều bài khó hơn thường lệ, nhưng không có bản quét"
        " và bố cục riêng của từng trang. Số bài ít: một lỗi làm đổi kết quả một loại từ"
        " 0,01 đến 0,03. Cách xét văn bản chính hay được dẫn từng được chọn khi đã nhìn con số này, nên nó"
        " hơi cao hơn thực tế. Hãy đối chiếu với nguồn trước khi dùng.",
        "These are no real posts of portals: they hold more hard cases than usual, and neither scans nor the"
        " layout of any portal. They are few: one error moves a field by 0.01 to 0.03. How a document's role"
        " is judged was once chosen with a look at its figure, which flatters it a little. Check the source"
        " before you rely on a fact.",
    ),
    "accuracy_line": (
        "Dữ kiện do máy đọc có thể sai. F1 đo được thấp nhất: {} ({}).",
        "A program read the facts and may be wrong. The lowest F1 measured: {} ({}).",
    ),
    "field": ("Loại dữ kiện", "Field"),
    "right": ("Đúng", "Right"),
    "missed": ("Sót", "Missed"),
    "wrong": ("Sai", "Wrong"),
    "no_portal": ("Chưa có trang nào của tỉnh này.", "No portal of this province yet."),
    "relation": ("Quan hệ", "Relation"),
    "relations": ("Quan hệ với văn bản khác", "Relations to other documents"),
    "stated_in": ("nêu ở", "stated in"),
    "replaces": ("thay thế", "replaces"),
    "amends": ("sửa đổi", "amends"),
    "supplements": ("bổ sung", "supplements"),
    "repeals": ("bãi bỏ", "repeals"),
    "expires": ("hết hiệu lực", "expires"),
    "based_on": ("căn cứ", "rests on"),
    "implements": ("thực hiện", "implements"),
    "no_notice": ("Chưa có thông báo nào.", "No notice yet."),
    "no_hotline": ("Chưa có số nào.", "No number yet."),
    "now": ("Nay thuộc", "Now part of"),
    "part_of_today": ("Từ 01/07/2025 thuộc", "Since 01/07/2025 part of"),
    "today": ("Tỉnh hiện nay", "Province today"),
    "portal": ("Trang thông tin", "Portal"),
    "portals": ("Các trang thông tin", "Portals"),
    "closed": ("Đã đóng", "Closed"),
    "last_run": ("Lần đọc gần nhất", "Last read"),
    "needs_look": ("Cần xem lại", "Needs a look"),
    "status_page": ("Tình trạng các trang", "How the portals are read"),
    "status_text": (
        "Mỗi trang: lần đọc tốt gần nhất, ngày đăng của thông báo mới nhất, mười lần đọc gần nhất, và việc"
        " cần làm.",
        "Of each portal: when it was last read well, the posting day of its newest notice, its last ten"
        " readings, what to do.",
    ),
    "to_look_at": ("Cần xem lại: {}", "Need a look: {}"),
    "none_to_look_at": ("Không trang nào đã đọc cần xem lại.", "No portal that was read needs a look."),
    "how_it_stands": ("Tình trạng", "State"),
    "last_success": ("Đọc tốt gần nhất", "Last read well"),
    "newest": ("Thông báo mới nhất", "Newest notice"),
    "seen_on": ("thấy ngày {}", "seen on {}"),
    "never_read": ("Chưa đọc lần nào", "Never read yet"),
    "never_read_text": ("Đọc những trang đã đến lượt: {}", "Read those whose time has come: {}"),
    "next_due": ("Lần đọc tới", "Next due"),
    "last_ten": ("Mười lần đọc gần nhất, mới nhất trước", "Last ten readings, the newest first"),
    "never": ("chưa bao giờ", "never"),
    "to_do": ("Việc cần làm", "What to do"),
    "took_over": ("nơi tiếp quản", "took over"),
    "pages_by_outcome": ("Các trang đã đọc theo kết quả", "Pages read, by outcome"),
    "outcome": ("Kết quả", "Outcome"),
    "count": ("Số lượng", "Count"),
    "not_found": ("Không có trang này", "No such page"),
    "not_found_text": (
        "Địa chỉ sai, hoặc thông báo này chưa được lập chỉ mục. Hãy tìm:",
        "The address is wrong, or this notice is not in the index. Search for it:",
    ),
    "removed": ("Đã gỡ theo yêu cầu", "Removed on request"),
    "removed_text": (
        "Mục này đã được gỡ khỏi chỉ mục và không trở lại.",
        "This entry was removed from the index and stays out.",
    ),
    "too_long": ("Câu hỏi này mất quá nhiều thời gian", "This took too long"),
    "too_long_text": (
        "Máy chủ đang bận. Hãy thử lại, thêm từ hoặc chọn một tỉnh, một tháng:",
        "The server is busy. Try again, add a word, or choose a province or a month:",
    ),
    "broken": ("Trang này bị lỗi", "This page failed"),
    "broken_text": (
        "Lỗi là của trang web, không phải của bạn. Hãy tìm:",
        "The mistake is ours, not yours. Search instead:",
    ),
    "data_title": ("Dữ liệu và câu hỏi sẵn", "Data and ready questions"),
    "data_text": (
        "Mọi trang ở đây đều lấy từ một tệp SQLite mở cho mọi người đọc. Các địa chỉ dưới đây giữ nguyên; hãy"
        " bấm thử.",
        "Every page here is made from one SQLite file that anyone may read. The addresses below stay: try"
        " them.",
    ),
    "questions": ("Câu hỏi sẵn", "Ready questions"),
    "questions_text": (
        "Mỗi câu hỏi là một trang có ô nhập; đổi giá trị rồi chạy lại, hoặc mang về dạng CSV, JSON.",
        "Each question is a page with boxes: change a value and run it again, or take it away as CSV, JSON.",
    ),
    "parameters": ("Tham số", "Parameters"),
    "box_number": ("Số văn bản", "Document number"),
    "box_province": ("Tỉnh", "Province"),
    "box_month": ("Tháng (như 07/2021)", "Month (as 2021-07)"),
    "run": ("Chạy", "Run"),
    "no_row": ("Không có dòng nào.", "No rows."),
    "one_row": ("dòng", "row"), "many_row": ("dòng", "rows"),
    "as_sql": ("Câu SQL của câu hỏi này", "The SQL of this question"),
    "edit_sql": ("Sửa và chạy câu SQL này", "Change this SQL and run it"),
    "endpoints": ("Địa chỉ cho máy đọc", "Addresses for programs"),
    "address": ("Địa chỉ", "Address"),
    "answers": ("Trả về", "Answers with"),
    "example": ("Ví dụ", "Example"),
    "all_tables": ("Mọi bảng và cột", "Every table and column"),
    "open_tables": ("Mở các bảng", "Open the tables"),
    "table": ("Bảng", "Table"),
    "column": ("Cột", "Column"),
    "meaning": ("Ý nghĩa", "Meaning"),
    "internal": ("nội bộ", "internal"),
    "limits": (
        "Mỗi câu hỏi được đọc tối đa một giây; các bảng trả về 100 dòng mỗi trang, tối đa 1.000 với"
        " _size=max. Thời điểm máy ghi là UTC, ngày đăng là ngày ở Việt Nam.",
        "A query may read for one second; tables answer with 100 rows a page, 1,000 at most with _size=max."
        " Machine times are UTC, posting days are days in Vietnam.",
    ),
    "e_search": ("một tìm kiếm: tối đa 1.000 thông báo", "a search: at most 1,000 notices"),
    "e_csv": ("tìm kiếm đó cho Excel", "that search for Excel"),
    "e_atom": ("50 thông báo mới nhất của một tìm kiếm, để theo dõi", "the newest 50 of a search, to follow"),
    "e_notice": (
        "một thông báo: nội dung, dữ kiện và vị trí, tệp, nơi đã thấy, các bản",
        "a notice: its text, facts with places, files, witnesses, versions",
    ),
    "e_cite": ("trích dẫn của một thông báo; cũng có .txt và .bib", "a notice's citation; .txt and .bib too"),
    "e_payload": ("byte của một bản lưu, để tải về", "the bytes of a capture, to save"),
    "e_record": ("bản ghi WARC của một bản lưu", "the WARC record of a capture"),
    "e_table": (
        "một bảng, lọc theo cột; _size, _sort, _next như Datasette",
        "a table, filtered by its columns; _size, _sort and _next as in Datasette",
    ),
    "e_row": ("một dòng của một bảng", "a row of a table"),
    "e_question": ("một câu hỏi sẵn", "a ready question"),
    "e_sql": ("một câu SQL của bạn, chỉ đọc", "your own SQL, read-only"),
    "machine": ("Dạng máy đọc", "For machines"),
    "contact_footer": ("Liên hệ, yêu cầu gỡ bỏ:", "Contact, and requests for removal:"),
    # the offline copy
    "offline_copy": ("Bản sao ngoại tuyến, làm ngày {}.", "Offline copy, made on {}."),
    "needs_script": (
        "Tìm kiếm trong bản sao này cần JavaScript; các trang khác thì không.",
        "Search in this copy needs JavaScript; its other pages do not.",
    ),
    "searching": ("Đang tìm…", "Searching…"),
    "offline_tables": (
        "Các bảng của chỉ mục, đọc bằng SQLite ngay trong trình duyệt này: lọc, sắp xếp, hỏi bằng SQL, tải về"
        " CSV.",
        "The tables of the index, read by SQLite in this browser: filter, sort, ask in SQL, save as CSV.",
    ),
    "tables_need_script": (
        "Các bảng trong bản sao này cần JavaScript và WebAssembly.",
        "The tables of this copy need JavaScript and WebAssembly.",
    ),
    "tables_opening": ("Đang mở các bảng…", "Opening the tables…"),
    "tables_large": ("Các bảng chiếm {} MB bộ nhớ.", "The tables take {} MB of memory."),
    "tables_open": ("Mở", "Open"),
    "tables_cut": (
        "Chỉ có phần đầu của các nội dung dài; trang của thông báo và tệp có toàn văn.",
        "Of long texts only the beginning is here; the pages of notices and files have them whole.",
    ),
    "tables_old": (
        "Trình duyệt này quá cũ để mở các bảng.", "This browser is too old to open the tables.",
    ),
    "compare": ("So sánh", "Compare"),
    "op_has": ("chứa", "contains"), "op_empty": ("để trống", "is empty"),
    "op_filled": ("không trống", "is not empty"),
    "op_value": ("Giá trị", "Value"), "narrow": ("Lọc", "Filter"),
    "first_rows": ("{} dòng đầu", "The first {} rows"), "previous": ("Trang trước", "Previous page"),
    "file_missing": ("Thiếu một tệp của bản sao này", "A file of this copy is missing"),
    # captures and citations
    "captures": ("Bản lưu", "Captures"),
    "capture_of": ("Bản lưu của trang", "Capture of"),
    "captured_at": ("Lưu lúc", "Captured at"),
    "capture_look": ("Xem trang đã lưu", "Look at the captured page"),
    "capture_record": ("Tải bản ghi WARC", "Download the WARC record"),
    "capture_payload": ("Tải tệp gốc", "Download the file itself"),
    "capture_missing": (
        "Tệp lưu của trang này không có ở đây.", "The file that holds this capture is not at hand."
    ),
    "archived_copy": ("bản trong kho lưu trữ", "archived copy"),
    "status": ("Trạng thái HTTP", "HTTP status"),
    "digest": ("Mã băm nội dung", "Digest of the payload"),
    "media_type": ("Loại tệp", "Media type"),
    "cite_notice": ("Trích dẫn thông báo này", "Cite this notice"),
    "as_text": ("Dạng chữ", "Text"),
}  # fmt: skip

KINDS: dict[str, tuple[str, str]] = {
    "people_committee": ("Ủy ban nhân dân", "People's committee"), "health": ("Y tế", "Health"),
    "covid_site": ("Chuyên trang COVID-19", "COVID-19 site"), "finance": ("Tài chính", "Finance"),
    "information_communications": ("Thông tin và Truyền thông", "Information and communications"),
    "education": ("Giáo dục và Đào tạo", "Education"), "transport": ("Giao thông vận tải", "Transport"),
    "labour": ("Lao động", "Labour"), "industry_trade": ("Công Thương", "Industry and trade"),
    "culture_tourism": ("Văn hóa, du lịch", "Culture and tourism"),
    "justice": ("Tư pháp", "Justice"),
    "planning_investment": ("Kế hoạch và Đầu tư", "Planning and investment"),

    "science_technology": ("Khoa học và Công nghệ", "Science and technology"),
    "natural_resources": ("Tài nguyên và Môi trường", "Natural resources"),
    "construction": ("Xây dựng", "Construction"),
    "agriculture": ("Nông nghiệp", "Agriculture"), "home_affairs": ("Nội vụ", "Home affairs"),
    "industrial_zones": ("Khu công nghiệp", "Industrial zones"), "district": ("Quận, huyện", "District"),
    "other": ("Khác", "Other"),
}  # fmt: skip

TOPICS: dict[str, tuple[str, str]] = {
    "hotline": ("đường dây nóng", "hotlines"), "vaccination": ("tiêm chủng", "vaccination"),
    "testing": ("xét nghiệm", "testing"),
    "quarantine": ("cách ly", "quarantine"),
    "distancing": ("giãn cách", "distancing"), "travel": ("đi lại", "travel"),
    "schools": ("trường học", "schools"),
    "work-support": ("hỗ trợ lao động", "support for workers"), "apps": ("ứng dụng", "apps"),
    "contact-search": ("tìm người", "contact search"), "case-figures": ("số ca", "case figures"),
    "treatment": ("điều trị", "treatment"), "markets": ("chợ, hàng hóa", "markets"),
}  # fmt: skip

#: The fields whose accuracy is measured (db/site/accuracy.json).
FIELDS: dict[str, tuple[str, str]] = {
    "documents": ("số văn bản", "document numbers"),
    "documents with date": ("số và ngày văn bản", "document numbers with their date"),
    "documents with role": ("văn bản chính hay được dẫn", "document is the subject or cited"),
    "dates": ("ngày trong bài", "days in the text"), "phones": ("số điện thoại", "phone numbers"),
    "hotlines": ("số nào là đường dây nóng", "which numbers are hotlines"),
    "covid": ("có về COVID-19 hay không", "about COVID-19 or not"), "province": ("tỉnh", "province"),
    "published": ("ngày đăng", "posting day"), "title": ("tiêu đề", "title"),
}  # fmt: skip

#: Outcomes and kinds of pages, as the index names them.
OUTCOMES: dict[str, tuple[str, str]] = {
    "new": ("mới", "new"), "changed": ("đã đổi", "changed"), "unchanged": ("không đổi", "unchanged"),
    "irrelevant": ("không về COVID-19", "not about COVID-19"), "empty": ("trống", "empty"),
    "gone": ("không còn", "gone"), "blocked": ("bị chặn", "blocked"), "failed": ("lỗi", "failed"),
    "read": ("đã đọc", "read"), "needs-ocr": ("bản quét, chờ nhận dạng", "a scan, to be recognised"),
    "skipped": ("bỏ qua", "skipped"),
    "list": ("trang danh sách", "list page"), "post": ("bài đăng", "post"),
    "attachment": ("tệp đính kèm", "attachment"), "other": ("trang khác", "other page"),
}  # fmt: skip

#: How a page was got at.
VIAS: dict[str, tuple[str, str]] = {
    "live": ("đọc trực tiếp", "live"), "wayback": ("Wayback Machine", "Wayback Machine"),
    "commoncrawl": ("Common Crawl", "Common Crawl"), "warc": ("tệp WARC", "WARC file"),
}  # fmt: skip

#: Reasons that many pages have; the others are the crawler's own words, in English.
REASONS: dict[str, str] = {
    "not fetched": "chưa tải về", "not about COVID-19": "không về COVID-19", "an empty page": "trang trống",
    "HTTP 404: not found": "HTTP 404: không tìm thấy", "HTTP 410: gone": "HTTP 410: đã gỡ",
    "HTTP 401: a login is asked for": "HTTP 401: đòi đăng nhập", "HTTP 403: forbidden": "HTTP 403: bị cấm",
    "HTTP 429: too many requests": "HTTP 429: hỏi quá nhiều",
    "the archive has no capture of it": "kho lưu trữ không có bản nào",
    "another view of a known post": "dạng khác của một bài đã biết",
    "a better view of a known post": "dạng đầy đủ hơn của một bài đã biết",
    "an earlier text of the post": "bản trước đó của bài", "suppressed": "đã gỡ theo yêu cầu",
}  # fmt: skip

#: How a portal stands: what it is called, and what to do about it ({} is the portal's id).
STATES: dict[str, tuple[str, str]] = {
    "well": ("tốt", "well"), "closed": ("đã đóng", "closed"), "never read": ("chưa đọc", "never read"),
    "archives only": ("chỉ đọc từ bản lưu", "archives only"),
    "needs a look": ("cần xem lại", "needs a look"), "interrupted": ("bị ngắt", "interrupted"),
    "unreachable": ("không kết nối được", "unreachable"), "failing": ("trả lời lỗi", "failing"),
    "blocked": ("bị chặn", "blocked"), "gone": ("không còn", "gone"), "moved": ("đã chuyển", "moved"),
    "no posts": ("không có bài", "no posts"), "fewer posts": ("ít bài hẳn", "fewer posts"),
    "unreadable": ("không đọc được bài", "unreadable"), "files": ("lỗi tệp đính kèm", "files failing"),
    "cut off": ("bị ngắt giữa chừng", "cut off"), "overdue": ("quá hạn đọc", "overdue"),
    "costly": ("quá tốn", "costly"), "error": ("lỗi chương trình", "error"),
}  # fmt: skip
ADVICE: dict[str, tuple[str, str]] = {
    "closed": (
        "Các kho lưu trữ web có thể còn giữ bài: thongbao crawl --archive wayback {}",
        "web archives may hold what it published: thongbao crawl --archive wayback {}",
    ),
    "never read": ("thongbao crawl {}", "thongbao crawl {}"),
    "needs a look": ("Đọc lại: thongbao crawl {}", "read it again: thongbao crawl {}"),
    "unreachable": (
        "Mở trang bằng trình duyệt. Nếu đã đóng hẳn: ghi closed: vào danh mục; bài cũ:"
        " thongbao crawl --archive wayback {}",
        "open it in a browser; where it has closed for good, note closed: in the registry and read what it"
        " published: thongbao crawl --archive wayback {}",
    ),
    "failing": (
        "Thường tự hết; nếu kéo dài, giảm tốc độ (settings: DOWNLOAD_DELAY) hoặc đọc kho lưu trữ:"
        " thongbao crawl --archive wayback {}",
        "often passes by itself; if not, ask more slowly (settings: DOWNLOAD_DELAY) or an archive:"
        " thongbao crawl --archive wayback {}",
    ),
    "blocked": (
        "Giảm tốc độ hoặc xin phép quản trị trang; trong lúc đó: thongbao crawl --archive wayback {}",
        "ask more slowly, or its administrators for leave; meanwhile: thongbao crawl --archive wayback {}",
    ),
    "gone": (
        "Tìm địa chỉ mới của trang danh sách (start: trong danh mục), hoặc ghi closed:;"
        " bài cũ: thongbao crawl --archive wayback {}",
        "find the list pages' new address (start: in the registry), or note closed: there; what it"
        " published: thongbao crawl --archive wayback {}",
    ),
    "moved": (
        "Nếu vẫn là cơ quan ấy: sửa url: hoặc thêm hosts: trong danh mục; nếu là cơ quan khác: closed: và"
        " successor:; bài cũ: thongbao crawl --archive wayback {}",
        "the same authority: change url: or add hosts: in the registry; another one: closed: and successor:;"
        " what it published: thongbao crawl --archive wayback {}",
    ),
    "no posts": (
        "Trang có thể đã được làm lại: thongbao portals --probe địa-chỉ, rồi sửa start: và platform: của {}",
        "the site may have been made anew: thongbao portals --probe ADDRESS, then mend start: and platform:"
        " of {}",
    ),
    "fewer posts": (
        "So trang danh sách với lần trước; nếu đổi cấu trúc: thongbao portals --probe địa-chỉ, sửa mục {}",
        "compare its list pages with before; if they changed: thongbao portals --probe ADDRESS, mend the"
        " entry of {}",
    ),
    "unreadable": (
        "Cấu trúc bài đã đổi: thongbao portals --probe địa-chỉ, rồi sửa platform: của {}",
        "the markup of its posts changed: thongbao portals --probe ADDRESS, then mend platform: of {}",
    ),
    "files": (
        "Xem bảng attachments; đọc lại: thongbao crawl {}",
        "see the table attachments, then: thongbao crawl {}",
    ),
    "costly": (
        "Đọc quá lâu hoặc quá nhiều; lần sau đọc tiếp; xem THONGBAO_PORTAL_SECONDS trong settings: của {}",
        "it took too long or gave too much; the next crawl goes on; see THONGBAO_PORTAL_SECONDS in the"
        " settings: of {}",
    ),
    "cut off": (
        "Xem nhật ký của lịch chạy (bị tắt, hết bộ nhớ?); lần sau đọc tiếp: thongbao crawl {}",
        "see the schedule's log (killed, out of memory?); the next crawl goes on: thongbao crawl {}",
    ),
    "overdue": (
        "Lịch chạy có còn hoạt động không (thongbao crawl --due)? Đọc ngay: thongbao crawl {}",
        "does its schedule run (thongbao crawl --due)? To read it now: thongbao crawl {}",
    ),
    "error": ("Chạy lại với -v: thongbao -v crawl {}", "run it again with -v: thongbao -v crawl {}"),
}  # fmt: skip

#: Types of documents, whose Vietnamese names are terms of law.
TYPES: dict[str, tuple[str, str]] = {
    name: (name, f"{name} ({meaning})")
    for name, meaning in {
        "Công văn": "official letter", "Công điện": "urgent telegram", "Chỉ thị": "directive",
        "Quyết định": "decision", "Nghị quyết": "resolution", "Nghị định": "decree", "Thông tư": "circular",
        "Thông tư liên tịch": "joint circular", "Thông báo": "notice", "Kế hoạch": "plan",
        "Hướng dẫn": "guidance", "Kết luận": "conclusion", "Báo cáo": "report", "Tờ trình": "submission",
        "Luật": "law", "Pháp lệnh": "ordinance", "Chương trình": "programme", "Phương án": "scheme",
        "Đề án": "project", "Dự án": "project", "Quy định": "regulation", "Quy chế": "statute",
        "Thông cáo": "communiqué", "Biên bản": "minutes", "Hợp đồng": "contract", "Giấy phép": "licence",
        "Giấy mời": "invitation",
    }.items()
}  # fmt: skip

#: Kinds of files by their media types.
MEDIA_TYPES: dict[str, tuple[str, str]] = {
    "application/pdf": ("PDF", "PDF"), "application/msword": ("Word", "Word"),
    "application/rtf": ("RTF", "RTF"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("Word", "Word"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("Excel", "Excel"),
    "application/vnd.ms-excel": ("Excel", "Excel"), "application/zip": ("ZIP", "ZIP"),
    "application/vnd.rar": ("RAR", "RAR"), "application/x-7z-compressed": ("7z", "7z"),
    "image/jpeg": ("ảnh", "picture"), "image/png": ("ảnh", "picture"), "image/tiff": ("ảnh", "picture"),
}  # fmt: skip

_ISSUERS = {
    "CP": "Chính phủ", "TTg": "Thủ tướng Chính phủ", "QH": "Quốc hội", "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "TW": "Trung ương Đảng", "VPCP": "Văn phòng Chính phủ", "BYT": "Bộ Y tế", "BTC": "Bộ Tài chính",
    "BTTTT": "Bộ Thông tin và Truyền thông", "BGDĐT": "Bộ Giáo dục và Đào tạo", "BNV": "Bộ Nội vụ",
    "BGTVT": "Bộ Giao thông vận tải", "BCT": "Bộ Công Thương", "BCĐQG": "Ban Chỉ đạo quốc gia",
    "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội", "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
}  # fmt: skip
_LOCAL = {"UBND": "UBND", "HĐND": "HĐND", "TU": "Tỉnh ủy", "BCĐ": "Ban Chỉ đạo"}
_BY_CODE = {p.code: p.name for p in provinces.PROVINCES}


def translator(lang: str) -> Callable[[str], str]:
    """What gives a template its words: `t("search")`; KeyError for a word that nobody wrote."""
    index = 1 if lang == "en" else 0
    return lambda key: WORDS[key][index]


def number(value: int, lang: str) -> str:
    """A number as it is written: 12.345 in Vietnamese, 12,345 in English."""
    return f"{value:,}" if lang == "en" else f"{value:,}".replace(",", ".")


def counted(value: int, what: str, lang: str) -> str:
    """A number of things: 1 notice, 2 notices, 12.345 thông báo."""
    return f"{number(value, lang)} {translator(lang)(('one_' if value == 1 else 'many_') + what)}"


def decimal(value: float, lang: str) -> str:
    """A share as it is written: 0,925 in Vietnamese, 0.925 in English."""
    return f"{value:.3f}" if lang == "en" else f"{value:.3f}".replace(".", ",")


def label(facet: str, value: str, lang: str) -> str:
    """How a facet's value is shown: kinds, topics, outcomes and months in words, everything else as it is."""
    index = 1 if lang == "en" else 0
    tables = {
        "kind": KINDS, "topic": TOPICS, "type": TYPES, "outcome": OUTCOMES, "media_type": MEDIA_TYPES,
        "state": STATES, "field": FIELDS, "via": VIAS,
    }  # fmt: skip
    table = tables.get(facet, {})
    if facet == "month":
        return "/".join(reversed(value.split("-")))
    return table[value][index] if value in table else value


def advice(state: str, portal: str, lang: str) -> str:
    """What to do about a portal that stands so, '' for nothing."""
    return ADVICE[state][1 if lang == "en" else 0].format(portal) if state in ADVICE else ""


def reason(text: str, lang: str) -> Markup:
    """Why a page ended so: a common reason in Vietnamese, another marked as the English that it is."""
    if lang == "en":
        return Markup.escape(text)
    if text in REASONS:
        return Markup.escape(REASONS[text])
    return Markup('<span lang="en">{}</span>').format(text)


def issuer_name(code: str) -> str:
    """An issuer's code in words (`UBND:77` → UBND Bà Rịa - Vũng Tàu); an unknown code as it is."""
    head, _, place = code.partition(":")
    if place:
        return f"{_LOCAL.get(head, head)} {_BY_CODE.get(place.split('/')[0], place)}"
    return _ISSUERS.get(code, code)
