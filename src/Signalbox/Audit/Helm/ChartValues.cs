using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>YAML as values of templates, read as Helm does: YAML 1.1, in which <c>yes</c> and <c>on</c> are true.</summary>
internal static class ChartValues
{
    public static object? Of(YamlNode? node) => node switch
    {
        YamlMapping => node.Entries().ToDictionary(e => e.Key.Value, e => Of(e.Value), StringComparer.Ordinal),
        YamlSequence list => list.Items.Select(Of).ToList(),
        YamlScalar { IsNull: true } or null => null,
        YamlScalar { IsPlain: true } scalar => Plain(scalar.Value),
        YamlScalar scalar => scalar.Value,
        _ => null,
    };

    /// <summary>The map in a file; empty where it is none.</summary>
    public static Dictionary<string, object?> Map(YamlNode? node) => Of(node) as Dictionary<string, object?> ?? new(StringComparer.Ordinal);

    private static object Plain(string text) => text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => IsOctal(text) ? Convert.ToInt64(text, 8) : whole,
        _ when char.IsAsciiDigit(text[^1]) && !text.Contains('_') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => text,
    };

    private static bool IsOctal(string text) => text is ['0', _, ..] && text.All(c => c is >= '0' and <= '7');
}
