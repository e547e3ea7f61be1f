using System.Reflection;

namespace Signalbox.Cli;

internal static class ProductVersion
{
    /// <summary><c>signalbox 0.1.0 (537e3ec12345)</c>; without the commit where it was not built from Git.</summary>
    public static string Line
    {
        get
        {
            var (number, commit) = Parts();
            return commit is null ? $"signalbox {number}" : $"signalbox {number} ({commit[..Math.Min(12, commit.Length)]})";
        }
    }

    public static string Number => Parts().Number;

    private static (string Number, string? Commit) Parts()
    {
        var text = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var plus = text.IndexOf('+');
        return plus < 0 ? (text, null) : (text[..plus], text[(plus + 1)..]);
    }
}
