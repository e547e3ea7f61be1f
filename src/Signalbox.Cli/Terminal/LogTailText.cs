using System.Text.RegularExpressions;

namespace Signalbox.Cli.Terminal;

/// <summary>The last lines of an instance that failed, with the artifact's own paths: where it was unpacked tells nobody anything.</summary>
internal static partial class LogTailText
{
    public static IEnumerable<string> Lines(IEnumerable<string> tail) => tail.Select(line => "  | " + UnpackedArtifact().Replace(line, ""));

    /// <summary>The host unpacks into <c>artifacts/</c> and the digest's 64 hex digits.</summary>
    [GeneratedRegex(@"(file://)?/[^\s'""(:]*/artifacts/[0-9a-f]{64}/")]
    private static partial Regex UnpackedArtifact();
}
