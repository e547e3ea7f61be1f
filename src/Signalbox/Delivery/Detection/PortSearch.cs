using System.Globalization;
using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>What source code says of the port it listens on.</summary>
/// <param name="Reads">Where PORT is read from the environment; null where it is not.</param>
/// <param name="Fixed">A port written into the source: the default beside PORT, or the only one.</param>
internal sealed record PortFound(Place? Reads, Proposed<int>? Fixed, string? FixedLine)
{
    public static PortFound Nothing { get; } = new(null, null, null);
}

/// <summary>Looks for both: a program that does not listen on PORT cannot run beside its next release.</summary>
internal static partial class PortSearch
{
    /// <param name="reads">A line that reads PORT.</param>
    /// <param name="fixedPort">A line that names a port; its group <c>port</c> is the number.</param>
    public static PortFound Find(IEnumerable<SourceFile> files, Regex reads, Regex fixedPort)
    {
        Hit? read = null;
        (Hit Hit, int Port)? named = null;
        foreach (var file in files)
        {
            read ??= file.Find(reads);
            named ??= file.FindAll(fixedPort).Select(hit => (hit, Number(hit.Match.Groups["port"].Value))).FirstOrDefault(hit => hit.Item2 > 0) is { hit: not null } found ? found : null;
            if (read is not null && named is not null) break;
        }
        // the default beside PORT says more than any other number
        if (read is not null && Default().Match(read.Line) is { Success: true } match && Number(match.Groups["port"].Value) is > 0 and var port)
            return new(read.At, new(port, "the program's own default", read.At), read.Line);
        return new(read?.At, named is { } fix ? new(fix.Port, "the program's own", fix.Hit.At) : null, named?.Hit.Line);
    }

    public static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : 0;

    // process.env.PORT || 3000, os.environ.get("PORT", 5000), ${PORT:-8080}, ENV.fetch("PORT") { 3000 }, getenv('PORT') ?: 8000
    [GeneratedRegex("""PORT["'`}\])]*\s*(?:\|\||\?\?|\?:|,|:-?|\)?\s*\{|or)\s*["'`]?(?<port>\d{2,5})\b""")]
    private static partial Regex Default();
}
