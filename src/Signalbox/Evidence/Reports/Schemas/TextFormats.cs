using System.Globalization;
using System.Text.RegularExpressions;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>The formats of JSON Schema that the embedded schemas name; an unknown one holds for every text (draft 7, 7.2).</summary>
internal static partial class TextFormats
{
    public static bool Holds(string format, string text) => format switch
    {
        "date-time" => IsDateTime(text),
        "date" => IsDate(text),
        "idn-email" or "email" => IsEmail(text),
        "uri" or "iri" => Scheme().IsMatch(text) && IsReference(text),
        "iri-reference" or "uri-reference" => IsReference(text),
        _ => true,
    };

    /// <summary>RFC 3339, 5.6, with a leap second at the end of a minute.</summary>
    private static bool IsDateTime(string text)
    {
        if (Moment().Match(text) is not { Success: true } match || !IsDate(match.Groups["date"].Value)) return false;
        return Number(match, "hour") <= 23 && Number(match, "minute") <= 59 && Number(match, "second") <= 60
            && (!match.Groups["oh"].Success || (Number(match, "oh") <= 23 && Number(match, "om") <= 59));
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsEmail(string text) => text.LastIndexOf('@') is > 0 and var at && at < text.Length - 1 && !text.Any(c => c is <= ' ' or '<' or '>');

    /// <summary>RFC 3987: none of the characters that it keeps out, and each percent sign begins two hexadecimal digits.</summary>
    private static bool IsReference(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (text[i] is <= ' ' or '<' or '>' or '"' or '{' or '}' or '|' or '\\' or '^' or '`' or '\x7f') return false;
            else if (text[i] == '%' && !(i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))) return false;
        return true;
    }

    [GeneratedRegex(@"^(?<date>\d{4}-\d{2}-\d{2})[Tt](?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:\.\d+)?(?:[Zz]|[+-](?<oh>\d{2}):(?<om>\d{2}))$", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
