using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>A number of pods, or a share of them: <c>1</c>, <c>25%</c>.</summary>
internal readonly record struct IntOrPercent(long Value, bool IsPercent)
{
    public static IntOrPercent? Of(YamlNode? node)
    {
        if (node.Text()?.Trim() is not { Length: > 0 } text) return null;
        var percent = text.EndsWith('%');
        return long.TryParse(percent ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= int.MaxValue ? new(value, percent) : null;
    }

    public bool IsZero => Value == 0;

    /// <summary>How many of <paramref name="replicas"/> it means; a share is rounded as the field's definition says.</summary>
    public long Of(long replicas, bool up) => !IsPercent ? Value : up ? (replicas * Value + 99) / 100 : replicas * Value / 100;

    public override string ToString() => IsPercent ? $"{Value}%" : Value.ToString(CultureInfo.InvariantCulture);
}
