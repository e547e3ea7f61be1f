namespace Signalbox.Cli.Terminal;

/// <summary>What the terminal can do, by its own word and the user's (no-color.org).</summary>
internal static class Screen
{
    public static bool IsInteractive => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static Paint Paint => new(IsInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public static Paint ErrorPaint => new(!Console.IsErrorRedirected && Paint.On);

    public static int Width => IsInteractive ? Math.Clamp(Console.WindowWidth, 40, 160) : 100;
}

/// <summary>Colours where they are wanted, else the bare text.</summary>
internal readonly record struct Paint(bool On)
{
    public string Good(string text) => Code("32", text);

    public string Bad(string text) => Code("31", text);

    public string Warn(string text) => Code("33", text);

    public string Dim(string text) => Code("2", text);

    public string Bold(string text) => Code("1", text);

    private string Code(string code, string text) => On ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
