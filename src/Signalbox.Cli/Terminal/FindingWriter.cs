using Signalbox.Diagnostics;

namespace Signalbox.Cli.Terminal;

/// <summary>Findings for people on standard error, for programs as one JSON object on standard output.</summary>
internal static class FindingWriter
{
    public static void Write(IEnumerable<Finding> findings, OutputFormat format, TextWriter output, TextWriter error)
    {
        if (format == OutputFormat.Json) output.WriteLine(FindingJson.Render(findings));
        else FindingText.Write(error, findings, Screen.ErrorPaint.On);
    }
}
