using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Names of applications, environments and services: a DNS label (RFC 1123), so that they fit in paths, keys and host names.</summary>
internal static class DnsName
{
    internal const string Expected = "lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 63 && name[0] != '-' && name[^1] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <returns>The name, or a stand-in after a finding.</returns>
    public static string Read(Section section, string key)
    {
        if (!section.Has(key)) section.Missing(key);
        var name = section.Text(key);
        if (name is null) return "unnamed";
        if (!IsValid(name)) section.File.Invalid(section.Node(key)!, key, name, Expected, $"{key}: {Suggest(name)}");
        return name;
    }

    public static bool Check(FileContext file, YamlScalar name, string what)
    {
        if (IsValid(name.Value)) return true;
        file.Invalid(name, what, name.Value, Expected, $"{Suggest(name.Value)}:");
        return false;
    }

    private static string Suggest(string name)
    {
        var letters = name.Take(63).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-');
        var suggestion = string.Concat(letters).Trim('-');
        return suggestion.Length > 0 ? suggestion : "shop";
    }
}
