// What an agency shows of a release: how it was protected, and tables that prove it.
//
// It holds nothing that does not follow from the published table and the parameters: witnesses were
// computed from them alone. No hidden count is in it, nor which cells were hidden first.
// Units and shapes: JSON, version 1. A witness is a denominator with numerators by variable, the
// first one whole, the others as differences to it; variables are the hidden rows of a slice, given
// by their places among the slice's rows of the published table. Threads: any; pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/anonymise/release.h"

namespace rapporteur::anonymise {

// `published` is the file as it was written.
[[nodiscard]] std::string certificate_json(const Spec& spec, const Release& release,
                                           std::string_view published);

}  // namespace rapporteur::anonymise
