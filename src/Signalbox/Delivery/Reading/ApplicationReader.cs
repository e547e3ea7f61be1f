using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads one application, or the several of a file.</summary>
internal static class ApplicationReader
{
    private const int MostApplications = 100;
    private const int MostServices = 100;
    private const int MostEnvironments = 20;

    public static IReadOnlyList<ReadApplication> ReadAll(Section file)
    {
        ApiVersion(file);
        if (IsAuditAlone(file)) return [];
        if (!file.Has("applications")) return [Read(file)];
        foreach (var (key, _) in Shapes.Application.Keys.Where(k => file.Has(k.Key)))
            file.File.Error(DeliveryIds.ConflictingKeys, $"'{key}' belongs to one application and cannot stand beside 'applications'", file.KeySpan(key),
                file.Shape.Line("applications"), "expected it within an entry of applications", file.KeySpan("applications"));
        return
        [
            .. file.List("applications", MostApplications)
                .Select((n, i) => Section.Open(file.File, Shapes.Application, n, $"application {i + 1}", file.Shape.Line("applications")))
                .OfType<Section>().Select(Read),
        ];
    }

    /// <summary>A repository that Signalbox audits and does not deliver has no application.</summary>
    private static bool IsAuditAlone(Section file) =>
        file.Has("audit") && !file.Has("applications") && !Shapes.Application.Keys.Any(k => file.Has(k.Key));

    private static void ApiVersion(Section file)
    {
        if (!file.Has("apiVersion")) file.Missing("apiVersion");
        else file.Choice("apiVersion", 0, (DeliveryFileReader.ApiVersion, 0));
    }

    private static ReadApplication Read(Section section)
    {
        var name = DnsName.Read(section, "application");
        var owners = section.TextMap("owners", role => DnsName.Check(section.File, role, "the role"));
        var services = Services(section);
        var environments = Environments(section, services);
        return new(new(name, [.. environments.Select(e => e.Value)], owners) { Pipeline = PipelineReader.Read(section) }, section.Node("application")?.Span ?? section.Span, environments);
    }

    private static IReadOnlyList<ReadService> Services(Section section)
    {
        if (section.Node("services") is not { } node) return [ServiceReader.Read(section, DeliveryDefaults.SingleService)];
        foreach (var (key, _) in Shapes.OnlyService.Keys.Where(k => section.Has(k.Key)))
            section.File.Error(DeliveryIds.ConflictingKeys, $"'{key}' is a service's and cannot stand beside 'services'", section.KeySpan(key),
                $"services: {{ web: {{ {Shapes.OnlyService.Line(key)} }} }}", "expected it under services: NAME", section.KeySpan("services"));
        if (node is YamlMapping { Entries.Count: > MostServices } many)
            section.File.Error(DeliveryIds.TooMany, $"services has {many.Entries.Count} entries; expected at most {MostServices}",
                many.Entries[MostServices].Key.Span, section.Shape.Line("services"));
        if (node is YamlMapping { Entries.Count: > 0 } map) return [.. map.Entries.Take(MostServices).Select(e => Service(section, e)).OfType<ReadService>()];
        section.File.WrongType(node, "services", "a mapping of service names", section.Shape.Line("services"));
        return [];
    }

    private static ReadService? Service(Section section, YamlEntry entry)
    {
        DnsName.Check(section.File, entry.Key, "the service's name");
        var service = Section.Open(section.File, Shapes.Service, entry.Value, YamlQuote.Short(entry.Key.Value), section.Shape.Line("services"));
        return service is null ? null : ServiceReader.Read(service, entry.Key.Value) with { At = entry.Key.Span };
    }

    private static IReadOnlyList<ReadEnvironment> Environments(Section section, IReadOnlyList<ReadService> services)
    {
        if (!section.Has("environments")) return [EnvironmentReader.Default(section.Node("application")?.Span ?? section.Span, services)];
        var single = !section.Has("services");
        return
        [
            .. section.List("environments", MostEnvironments)
                .Select((n, i) => Section.Open(section.File, Shapes.Environment, n, $"environment {i + 1}", section.Shape.Line("environments")))
                .OfType<Section>().Select(e => EnvironmentReader.Read(e, services, single)),
        ];
    }
}
