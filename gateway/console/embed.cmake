# Writes the C++ file that holds web/: cmake -DFOLDER=… -DOUT=… -P embed.cmake
file(GLOB names RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT names)
set(types html text/html css text/css js text/javascript svg image/svg+xml)
set(arrays "")
set(rows "")
foreach(name ${names})
  string(MAKE_C_IDENTIFIER ${name} variable)
  get_filename_component(ending ${name} LAST_EXT)
  string(SUBSTRING ${ending} 1 -1 ending)
  list(FIND types ${ending} at)
  if(at EQUAL -1)
    message(FATAL_ERROR "embed.cmake: no content type for ${name}")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  file(READ ${FOLDER}/${name} bytes HEX)
  file(SHA256 ${FOLDER}/${name} etag)
  string(SUBSTRING ${etag} 0 24 etag)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  # Literals side by side are one; a single one may be too long for a compiler.
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?)" "\"\\1\"\n" bytes "${bytes}")
  set(path "/${name}")
  if(name STREQUAL "index.html")
    set(path "/")
  endif()
  string(APPEND arrays "constexpr char k_${variable}[] =\n${bytes};\n")
  string(APPEND rows "    WebFile{\"${path}\", \"${type}; charset=utf-8\", \"\\\"${etag}\\\"\", {k_${variable}, sizeof(k_${variable}) - 1}},\n")
endforeach()
file(WRITE ${OUT} "// Made by embed.cmake.
#include <array>

#include \"gateway/console/web_files.h\"

namespace postern::console {
namespace {

${arrays}
}  // namespace

std::span<const WebFile> WebFiles() {
  static constexpr std::array kFiles = {
${rows}  };
  return kFiles;
}

}  // namespace postern::console
")
