#include "gateway/ctl/completion.h"

#include <CLI/App.hpp>
#include <vector>

namespace postern::ctl {
namespace {

// What may follow a path of commands: "tokens" -> "create list revoke --api …".
struct Place {
  std::string path;
  std::string words;
};

void AddWord(std::string& words, const std::string& word) { words += (words.empty() ? "" : " ") + word; }

std::string OptionWords(const CLI::App& app) {
  std::string words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) AddWord(words, "--" + name);
  }
  return words;
}

// `inherited`: the options that every command knows.
void Collect(const CLI::App& app, const std::string& path, const std::string& inherited, std::vector<Place>& places) {
  std::string words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    AddWord(words, command->get_name());
  }
  AddWord(words, OptionWords(app));
  if (!inherited.empty()) AddWord(words, inherited);
  places.push_back({path, words});
  const std::string below = path.empty() ? OptionWords(app) : inherited;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    Collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), below, places);
  }
}

// The same function serves bash and zsh, which has bash's `complete` after bashcompinit. Words before the one being
// completed that are commands make the path; options and their values do not.
std::string BashScript(const std::vector<Place>& places) {
  std::string script =
      "_posternctl() {\n"
      "  local word path=\"\" next words i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=\"${COMP_WORDS[i]}\"\n"
      "    next=\"${path:+$path }$word\"\n"
      "    case \"$next\" in\n";
  std::string known;
  for (const Place& place : places) {
    if (!place.path.empty()) known += (known.empty() ? "\"" : " | \"") + place.path + "\"";
  }
  script += "      " + known + ") path=\"$next\" ;;\n    esac\n  done\n  case \"$path\" in\n";
  for (const Place& place : places) script += "    \"" + place.path + "\") words=\"" + place.words + "\" ;;\n";
  script +=
      "  esac\n"
      "  COMPREPLY=()\n"
      "  while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -W \"$words\" -- "
      "\"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\n"
      "complete -o default -F _posternctl posternctl\n";
  return script;
}

std::string FishScript(const std::vector<Place>& places) {
  std::string script =
      "function __posternctl_path\n"
      "  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    string match -q -- '-*' $word; or set -a path $word\n"
      "  end\n"
      "  echo \"$path\"\n"
      "end\n";
  for (const Place& place : places) {
    script +=
        "complete -c posternctl -n 'test (__posternctl_path) = \"" + place.path + "\"' -a '" + place.words + "'\n";
  }
  return script;
}

}  // namespace

std::string CompletionScript(const CLI::App& app, std::string_view shell) {
  std::vector<Place> places;
  Collect(app, "", "", places);
  if (shell == "fish") return FishScript(places);
  if (shell == "zsh") return "autoload -Uz bashcompinit && bashcompinit\n" + BashScript(places);
  return BashScript(places);
}

}  // namespace postern::ctl
