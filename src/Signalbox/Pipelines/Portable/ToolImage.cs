using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Portable;

/// <summary>The images that hold a language's tools.</summary>
internal static partial class ToolImage
{
    // hub.docker.com, official images; mcr.microsoft.com for .NET
    public static PortableText Of(SetupStep setup)
    {
        var version = (setup.Version ?? PortableText.Of("latest")).Map(v => Tag(setup.Tool, v));
        var image = setup.Tool switch { "dotnet" => "mcr.microsoft.com/dotnet/sdk", "go" => "golang", "java" => "eclipse-temurin", _ => setup.Tool };
        return PortableText.Join(":", [PortableText.Of(image), version]);
    }

    /// <summary>A version that no image is called by: a range, or a word that only what sets it up knows; null where there is none.</summary>
    public static string? Untagged(SetupStep setup, PortableMatrix? matrix) => MatrixValues.Of(setup.Version, matrix)
        // what a matrix says is put in as it is
        .Select(v => setup.Version!.Parts is [{ Reference: not null }] ? v : Tag(setup.Tool, v)).FirstOrDefault(v => !IsTag().IsMatch(v));

    private static string Tag(string tool, string version) => (tool, version) switch
    {
        ("go", "stable") or ("node", "node" or "current") => "latest",
        ("node", "lts/*") => "lts",
        // 8.0.x is the newest of 8.0, whose image is 8.0
        _ => version.EndsWith(".x", StringComparison.Ordinal) ? version[..^2] : version,
    };

    [GeneratedRegex(@"^(?:latest|lts|\d[\w.-]{0,100}(?<!\.x))$")]
    private static partial Regex IsTag();
}
