using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>Subjects of certificates as attributes with one value each (trust-store-trust-policy.md, "Trusted Identities Constraints"; RFC 4514).</summary>
internal static class SubjectNames
{
    private const string Special = @" #,;+""\<>=";

    private static readonly string[] s_mandatory = ["C", "ST", "O"];

    /// <exception cref="MalformedException">It is not a name, or lacks country, state or organization.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string text) => Whole(Parts(text).Select(Attribute));

    /// <exception cref="MalformedException">The certificate has an attribute twice or lacks a mandatory one, so that nothing tells whom it names.</exception>
    public static IReadOnlyDictionary<string, string> Of(Certificate certificate) => Whole(DistinguishedName.Attributes(certificate.Subject));

    /// <summary>Whether all that <paramref name="part"/> says holds of <paramref name="whole"/>.</summary>
    public static bool Includes(IReadOnlyDictionary<string, string> whole, IReadOnlyDictionary<string, string> part) =>
        part.All(attribute => whole.TryGetValue(attribute.Key, out var value) && value == attribute.Value);

    /// <summary>All of it, in the order the specification writes it: what a policy's patterns are held against. Cut and cleaned only where it is shown.</summary>
    public static string Text(Certificate certificate) =>
        "x509.subject: " + string.Join(", ", DistinguishedName.Attributes(certificate.Subject).Select(attribute => $"{attribute.Type}={Escaped(attribute.Value)}"));

    private static string Escaped(string value) => value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal).Replace(";", @"\;", StringComparison.Ordinal);

    private static Dictionary<string, string> Whole(IEnumerable<(string Type, string Value)> attributes)
    {
        var name = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (type, value) in attributes)
            if (!name.TryAdd(type == "S" ? "ST" : type, value)) throw new MalformedException($"the name has the attribute {JsonFields.Shown(type)} twice");
        var missing = s_mandatory.FirstOrDefault(type => !name.TryGetValue(type, out var value) || value.Length == 0);
        return missing is null ? name : throw new MalformedException($"the name has no attribute {missing}; expected C, ST and O at least");
    }

    private static (string Type, string Value) Attribute(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new MalformedException($"'{JsonFields.Shown(part.Trim())}' is no attribute; expected TYPE=VALUE");
        var value = part[(equals + 1)..].TrimStart();
        if (value.StartsWith('#')) throw new MalformedException("a value is written in hex, which is not understood");
        return (part[..equals].Trim(), Unescaped(value));
    }

    /// <summary>Split at commas that are not escaped; several attributes at one place are not understood.</summary>
    private static List<string> Parts(string text)
    {
        var (parts, from) = (new List<string>(), 0);
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\\') i++;
            else if (text[i] == '+') throw new MalformedException("the name has several attributes at one place (+), which is not understood");
            else if (text[i] is ',' or ';')
            {
                parts.Add(text[from..i]);
                from = i + 1;
            }
        return [.. parts, text[from..]];
    }

    /// <summary>A backslash takes one of the special characters for itself; spaces around the value are not part of it unless escaped.</summary>
    private static string Unescaped(string value)
    {
        var (text, kept) = (new StringBuilder(), 0);
        for (var i = 0; i < value.Length; i++)
        {
            var escaped = value[i] == '\\';
            if (escaped && (++i == value.Length || !Special.Contains(value[i]))) throw new MalformedException(@"a value has a backslash before something that needs none");
            text.Append(value[i]);
            if (escaped || value[i] != ' ') kept = text.Length;
        }
        return text.ToString(0, kept);
    }
}
