using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>A Dockerfile: what somebody has already written down about this project's port and health.</summary>
internal static partial class Dockerfile
{
    public static ServiceProposal Apply(SourceTree tree, ServiceProposal service)
    {
        if (service.Kind != ServiceKind.Web || tree.ReadFirst("Dockerfile", "Containerfile") is not { } file) return service;
        if (service.Port?.At is null && file.FindAll(Expose()).LastOrDefault() is { } port && PortSearch.Number(port[1]) is > 0 and var number)
            service = service with { Port = new(number, "what its image exposes", port.At) };
        if (service.Health is null or { Value: "/" } && file.FindAll(Check()).LastOrDefault() is { } health)
            service = service with { Health = new(health[1], "what its image is asked for", health.At) };
        return service;
    }

    [GeneratedRegex(@"^\s*EXPOSE\s+(\d{2,5})\b")]
    private static partial Regex Expose();

    [GeneratedRegex(@"(?:HEALTHCHECK|CMD|curl|wget).*https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[\w${}]+)?(/[\w./-]{1,80})")]
    private static partial Regex Check();
}
