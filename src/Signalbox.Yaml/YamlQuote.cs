namespace Signalbox.Yaml;

/// <summary>Values as messages quote them: on one line, and short however long the input is.</summary>
public static class YamlQuote
{
    private const int Longest = 40;

    public static string Short(string value)
    {
        var text = value.Length <= Longest ? value : value[..(char.IsHighSurrogate(value[Longest - 1]) ? Longest - 1 : Longest)] + "…";
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
