using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads one key's value; a wrong one gives a finding and the fallback, so that reading goes on.</summary>
internal static class Values
{
    public static string? Text(this Section section, string key)
    {
        switch (section.Node(key))
        {
            case null: return null;
            case YamlScalar { IsNull: false } scalar: return scalar.Value;
            case var node:
                section.File.WrongType(node, key, "text", section.Shape.Line(key));
                return null;
        }
    }

    public static TimeSpan Duration(this Section section, string key, TimeSpan fallback, bool zero = false, TimeSpan least = default)
    {
        if (Scalar(section, key, "a duration such as " + section.Shape.Example(key)) is not { } scalar) return fallback;
        if (Durations.TryParse(scalar.Value, out var duration) && (zero || duration > TimeSpan.Zero) && duration >= least) return duration;
        var expected = least > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"a duration of at least {least.TotalSeconds}s") : zero ? "a duration such as 30s" : "a duration above 0 such as 30s";
        section.File.Invalid(scalar, key, scalar.Value, expected, section.Shape.Line(key));
        return fallback;
    }

    public static int Integer(this Section section, string key, int from, int to, int fallback)
    {
        if (Scalar(section, key, "a number") is not { } scalar) return fallback;
        if (int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to) return number;
        section.File.Invalid(scalar, key, scalar.Value, $"a whole number from {from} to {to}", section.Shape.Line(key));
        return fallback;
    }

    /// <summary>A plain number strictly between two bounds.</summary>
    public static double Number(this Section section, string key, double above, double below, double fallback)
    {
        if (Scalar(section, key, "a number") is not { } scalar) return fallback;
        if (double.TryParse(scalar.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > above && number < below)
            return number;
        var expected = string.Create(CultureInfo.InvariantCulture, $"a number between {above} and {below}");
        section.File.Invalid(scalar, key, scalar.Value, expected, section.Shape.Line(key));
        return fallback;
    }

    /// <summary>A percentage strictly between 0 % and 100 %, as a share.</summary>
    public static double? Share(this Section section, string key)
    {
        if (Scalar(section, key, "a percentage such as " + section.Shape.Example(key)) is not { } scalar) return null;
        if (Percentages.TryParse(scalar.Value, out var share) && share is > 0 and < 1) return share;
        section.File.Invalid(scalar, key, scalar.Value, "a percentage between 0% and 100%", section.Shape.Line(key));
        return null;
    }

    public static bool Boolean(this Section section, string key, bool fallback)
    {
        if (Scalar(section, key, "true or false") is not { } scalar) return fallback;
        if (scalar.AsBoolean is { } value) return value;
        section.File.Invalid(scalar, key, scalar.Value, "true or false", section.Shape.Line(key));
        return fallback;
    }

    public static T Choice<T>(this Section section, string key, T fallback, params (string Word, T Value)[] choices)
    {
        var words = string.Join(", ", choices.Select(c => c.Word));
        var expected = choices.Length == 1 ? words : "one of " + words;
        if (Scalar(section, key, expected) is not { } scalar) return fallback;
        foreach (var (word, value) in choices)
            if (word == scalar.Value) return value;
        var meant = Spelling.Nearest(scalar.Value, choices.Select(c => c.Word)) ?? section.Shape.Example(key);
        section.File.Invalid(scalar, key, scalar.Value, expected, $"{key}: {meant}");
        return fallback;
    }

    /// <summary>A mapping of text to text.</summary>
    public static IReadOnlyDictionary<string, string> TextMap(this Section section, string key, Func<YamlScalar, bool> acceptKey)
    {
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (section.Node(key) is not { } node) return read;
        if (node is not YamlMapping map)
        {
            section.File.WrongType(node, key, "a mapping", section.Shape.Line(key));
            return read;
        }
        foreach (var (name, value) in map.Entries)
        {
            if (!acceptKey(name)) continue;
            if (value is YamlScalar { IsNull: false } scalar) read[name.Value] = scalar.Value;
            else section.File.WrongType(value, $"{key}.{YamlQuote.Short(name.Value)}", "text", $"{YamlQuote.Short(name.Value)}: \"\"");
        }
        return read;
    }

    public static IReadOnlyList<YamlNode> List(this Section section, string key, int most)
    {
        switch (section.Node(key))
        {
            case null: return [];
            case YamlSequence list when list.Items.Count > most:
                section.File.Error(DeliveryIds.TooMany, $"{key} has {list.Items.Count} entries; expected at most {most}", list.Items[most].Span, section.Shape.Line(key));
                return [.. list.Items.Take(most)];
            case YamlSequence { Items.Count: > 0 } list: return list.Items;
            case YamlSequence empty:
                section.File.Error(DeliveryIds.InvalidValue, $"{key} is empty; expected at least one entry", empty.Span, section.Shape.Line(key));
                return [];
            case var node:
                section.File.WrongType(node, key, "a list", section.Shape.Line(key));
                return [];
        }
    }

    private static YamlScalar? Scalar(Section section, string key, string expected)
    {
        var node = section.Node(key);
        if (node is null or YamlScalar { IsNull: false }) return (YamlScalar?)node;
        section.File.WrongType(node, key, expected, section.Shape.Line(key));
        return null;
    }
}
