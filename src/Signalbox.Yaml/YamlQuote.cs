namespace Signalbox.Yaml;

/// <summary>Values as messages quote them: on one line, and short however long the input is.</summary>
public static class YamlQuote
{
    private const int Longest = 40;

    /// <param name="longest">UTF-16 units; what is pasted may be longer than what is only named.</param>
    public static string Short(string value, int longest = Longest)
    {
        var text = value.Length <= longest ? value : value[..(char.IsHighSurrogate(value[longest - 1]) ? longest - 1 : longest)] + "…";
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
