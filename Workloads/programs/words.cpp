// What the compiler is given to do: containers and algorithms of the standard library.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main(int count, char **arguments) {
  std::map<std::string, std::vector<int>> places;
  for (int index = 1; index < count; index++) places[arguments[index]].push_back(index);
  std::vector<std::pair<std::string, int>> words;
  for (auto &[word, at] : places) words.emplace_back(word, at.size());
  std::sort(words.begin(), words.end(), [](auto &a, auto &b) { return a.second > b.second; });
  for (auto &[word, times] : words) std::cout << word << ' ' << times << '\n';
}
