namespace Signalbox.Pipelines.Portable;

/// <summary>The images that hold a language's tools.</summary>
internal static class ToolImage
{
    // hub.docker.com, official images; mcr.microsoft.com for .NET
    public static PortableText Of(SetupStep setup)
    {
        var version = setup.Version ?? PortableText.Of("latest");
        // 8.0.x is the newest of 8.0, whose image is 8.0
        version = version.Map(v => v.EndsWith(".x", StringComparison.Ordinal) ? v[..^2] : v);
        var image = setup.Tool switch { "dotnet" => "mcr.microsoft.com/dotnet/sdk", "go" => "golang", "java" => "eclipse-temurin", _ => setup.Tool };
        return PortableText.Join(":", [PortableText.Of(image), version]);
    }
}
