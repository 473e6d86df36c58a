/** What people call the media types that documents have. */
export const mediaTypes = {
  "application/pdf": "PDF",
  "text/html": "Web page",
  "text/markdown": "Markdown",
  "text/plain": "Text",
  "text/csv": "CSV",
  "application/json": "JSON",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
  "application/vnd.oasis.opendocument.text": "OpenDocument",
  "application/epub+zip": "EPUB",
  "application/rtf": "RTF",
  "text/x-rst": "reStructuredText",
  "text/x-source": "Source code",
  "message/rfc822": "E-mail",
};
