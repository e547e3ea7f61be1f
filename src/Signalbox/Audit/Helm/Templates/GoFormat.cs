using System.Globalization;
using System.Text;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Go's <c>printf</c> as far as charts use it (pkg.go.dev/fmt).</summary>
internal static class GoFormat
{
    private const int Widest = 1000;

    /// <summary>Values one after the other, with a space between two that are no text.</summary>
    public static string Print(object?[] values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string) text.Append(' ');
            text.Append(TemplateValue.Text(values[i]));
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">It is no format, or too few values are given.</exception>
    public static string Format(string format, ReadOnlySpan<object?> values)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }
            var start = ++i;
            while (i < format.Length && !char.IsAsciiLetter(format[i]) && format[i] != '%') i++;
            if (i == format.Length) throw new FormatException();
            if (format[i] == '%') text.Append('%');
            else if (next == values.Length) throw new FormatException();
            else text.Append(One(format[start..i], format[i], values[next++]));
        }
        return text.ToString();
    }

    private static string One(string flags, char verb, object? value)
    {
        var (width, precision) = Sizes(flags.TrimStart('-', '+', '#', ' ', '0'));
        var text = value is Unknown ? TemplateValue.Text(value) : Verb(verb, precision, value);
        if (flags.Contains('+') && text.Length > 0 && verb == 'd' && text[0] != '-') text = "+" + text;
        return flags.Contains('-') ? text.PadRight(width) : flags.StartsWith('0') ? text.PadLeft(width, '0') : text.PadLeft(width);
    }

    private static (int Width, int Precision) Sizes(string flags)
    {
        if (flags.Length == 0) return (0, -1);
        var parts = flags.Split('.');
        var width = parts[0].Length == 0 ? 0 : int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
        var precision = parts.Length < 2 ? -1 : parts[1].Length == 0 ? 0 : int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture);
        return width <= Widest && precision <= Widest ? (width, precision) : throw new FormatException();
    }

    private static string Cut(string text, int precision) => precision >= 0 && precision < text.Length ? text[..precision] : text;

    private static string Verb(char verb, int precision, object? value) => verb switch
    {
        's' or 'v' => value is null ? $"%!{verb}(<nil>)" : Cut(TemplateValue.Text(value), precision),
        'd' => value is long whole ? whole.ToString(CultureInfo.InvariantCulture) : throw new FormatException(),
        'q' => YamlWriter.Quote(TemplateValue.Text(value)),
        't' => value is bool ? TemplateValue.Text(value) : throw new FormatException(),
        'f' or 'g' or 'e' => NumberFunctions.Double(value).ToString(verb == 'f' ? $"F{(precision < 0 ? 6 : precision)}" : "R", CultureInfo.InvariantCulture),
        'x' => value is long hex ? hex.ToString("x", CultureInfo.InvariantCulture) : Convert.ToHexStringLower(Encoding.UTF8.GetBytes(TemplateValue.Text(value))),
        _ => throw new FormatException(),
    };
}
