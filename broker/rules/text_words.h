// Words that give personal text away, in the languages of the hub's members; lower case.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace rapporteur::rules::words {

using namespace std::string_view_literals;

inline constexpr std::array kTelephone{
    "tel"sv,      "tél"sv,     "phone"sv,   "telephone"sv, "téléphone"sv, "mobile"sv,
    "gsm"sv,      "fax"sv,     "handy"sv,   "telefon"sv,   "telefono"sv,  "teléfono"sv,
    "telefone"sv, "telefax"sv, "puhelin"sv, "telefoon"sv,  "whatsapp"sv,  "portable"sv,
    "telefonu"sv, "τηλ"sv,     "тел"sv};

inline constexpr std::array kBirth{
    "born"sv,       "birth"sv,       "birthdate"sv,    "birthday"sv,      "dob"sv,
    "naissance"sv,  "né"sv,          "née"sv,          "nés"sv,           "nées"sv,
    "geboren"sv,    "geb"sv,         "geburtsdatum"sv, "nacido"sv,        "nacida"sv,
    "nacimiento"sv, "nascita"sv,     "nascido"sv,      "nascida"sv,       "nascimento"sv,
    "född"sv,       "født"sv,        "fødselsdato"sv,  "geboortedatum"sv, "urodzenia"sv,
    "urodzony"sv,   "urodzona"sv,    "narozen"sv,      "narozena"sv,      "rojen"sv,
    "rojena"sv,     "született"sv,   "gimė"sv,         "dzimis"sv,        "dzimusi"sv,
    "syntynyt"sv,   "syntymäaika"sv, "роден"sv,        "родена"sv};

// These need a marker ("no", "number", ...) or an identifier with a separator after them.
inline constexpr std::array kCase{
    "case"sv,      "file"sv,      "dossier"sv,  "affaire"sv, "matter"sv,    "proceedings"sv,
    "procedure"sv, "procédure"sv, "ref"sv,      "réf"sv,     "reference"sv, "référence"sv,
    "fall"sv,      "sache"sv,     "akte"sv,     "zaak"sv,    "sag"sv,       "ärende"sv,
    "caso"sv,      "causa"sv,     "processo"sv, "proceso"sv, "account"sv,   "compte"sv,
    "konto"sv,     "identity"sv,  "identité"sv};
// These name an identifier by themselves.
inline constexpr std::array kIdentifier{"aktenzeichen"sv, "az"sv,   "docket"sv,   "pv"sv,
                                        "parquet"sv,      "iban"sv, "passport"sv, "passeport"sv,
                                        "reisepass"sv,    "ssn"sv,  "cpr"sv,      "pesel"sv,
                                        "niss"sv,         "bsn"sv,  "codice"sv,   "personnummer"sv};
inline constexpr std::array kMarker{"no"sv,     "nr"sv,     "n"sv,      "nº"sv,   "n°"sv,
                                    "number"sv, "numéro"sv, "numero"sv, "num"sv,  "nummer"sv,
                                    "id"sv,     "card"sv,   "carte"sv,  "file"sv, "№"sv};

inline constexpr std::array kMonth{
    "jan"sv,     "january"sv,  "janvier"sv,   "januar"sv,    "feb"sv,      "february"sv,
    "février"sv, "fevrier"sv,  "februar"sv,   "mar"sv,       "march"sv,    "mars"sv,
    "märz"sv,    "apr"sv,      "april"sv,     "avril"sv,     "may"sv,      "mai"sv,
    "jun"sv,     "june"sv,     "juin"sv,      "juni"sv,      "jul"sv,      "july"sv,
    "juillet"sv, "juli"sv,     "aug"sv,       "august"sv,    "août"sv,     "aout"sv,
    "sep"sv,     "sept"sv,     "september"sv, "septembre"sv, "oct"sv,      "october"sv,
    "octobre"sv, "okt"sv,      "oktober"sv,   "nov"sv,       "november"sv, "novembre"sv,
    "dec"sv,     "december"sv, "décembre"sv,  "decembre"sv,  "dezember"sv, "maj"sv,
    "marzo"sv,   "enero"sv,    "gennaio"sv,   "giugno"sv,    "luglio"sv,   "maggio"sv,
    "agosto"sv,  "dicembre"sv, "diciembre"sv, "octubre"sv,   "ottobre"sv,  "noviembre"sv};

inline constexpr std::array kTopLevel{"com"sv, "org"sv, "net"sv, "eu"sv, "int"sv, "info"sv,
                                      "gov"sv, "edu"sv, "uk"sv,  "de"sv, "fr"sv,  "nl"sv,
                                      "be"sv,  "at"sv,  "it"sv,  "es"sv, "pl"sv,  "se"sv,
                                      "ro"sv,  "bg"sv,  "cz"sv,  "io"sv, "ch"sv,  "pt"sv};
// Community and state marks after the number of a legal act: 2004/81/EC.
inline constexpr std::array kAct{"ec"sv, "ce"sv,  "eu"sv,  "ue"sv,      "eg"sv,   "jha"sv, "jai"sv,
                                 "ji"sv, "eec"sv, "cee"sv, "euratom"sv, "pesc"sv, "cfsp"sv};
inline constexpr std::array kCurrency{"eur"sv, "euro"sv, "euros"sv, "usd"sv, "gbp"sv, "nok"sv};

template <std::size_t N>
[[nodiscard]] constexpr bool among(const std::array<std::string_view, N>& list,
                                   std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace rapporteur::rules::words
