using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads what comes between the start of a blue/green release and its switch.</summary>
internal static class BlueGreenReader
{
    public static Strategy Read(Section section, Strategy defaults, IReadOnlyList<ServiceConfiguration> services)
    {
        var before = defaults.BlueGreen!;
        var (pause, manual) = StrategyReader.Pause(section, before.Pause);
        return StrategyReader.KeptWarm(section, StrategyReader.Times(section, defaults)) with
        {
            BlueGreen = new(Preview(section, services), Check(section), pause, manual),
            Analysis = AnalysisReader.Read(section, defaults.Analysis, Shapes.Guard),
        };
    }

    /// <summary>Where each preview was written, for messages of rules that look at several places.</summary>
    public static IReadOnlyDictionary<string, YamlSpan> Places(Section environment, Strategy strategy)
    {
        var places = new SortedDictionary<string, YamlSpan>(StringComparer.Ordinal);
        if (environment.Node("strategy") is not YamlMapping written || written.Find("blueGreen")?.Value is not YamlMapping section) return places;
        foreach (var (service, _) in strategy.BlueGreen?.Preview ?? new Dictionary<string, ListenAddress>())
            places[service] = section.Find("preview")?.Value is YamlMapping each ? each.Find(service)?.Value.Span ?? each.Span : section.Find("preview")?.Value.Span ?? section.Span;
        return places;
    }

    private static Hook? Check(Section section) => section.Open("check", Shapes.Check) is { } check
        ? new(CommandReader.Read(check, "command"), check.Duration("timeout", DeliveryDefaults.HookTimeout), Reversible: true)
        : null;

    private static SortedDictionary<string, ListenAddress> Preview(Section section, IReadOnlyList<ServiceConfiguration> services)
    {
        var preview = new SortedDictionary<string, ListenAddress>(StringComparer.Ordinal);
        var web = services.Where(service => service.Kind == ServiceKind.Web).Select(service => service.Name).ToList();
        switch (section.Node("preview"))
        {
            case null: break;
            case YamlMapping each:
                foreach (var (name, value) in each.Entries) Each(section, preview, web, name, value);
                break;
            case var one when web.Count == 1:
                Add(section, preview, web[0], one);
                break;
            case var one:
                section.File.Error(DeliveryIds.ConflictingKeys, $"preview does not say which of the services it shows; expected a port for each, by its name", one.Span,
                    $"preview: {{ {web.FirstOrDefault() ?? DeliveryDefaults.SingleService}: 8081 }}", "expected a mapping of service names");
                break;
        }
        return preview;
    }

    private static void Each(Section section, SortedDictionary<string, ListenAddress> preview, List<string> web, YamlScalar name, YamlNode value)
    {
        if (web.Contains(name.Value))
        {
            Add(section, preview, name.Value, value);
            return;
        }
        var meant = Spelling.Nearest(name.Value, web) ?? web.FirstOrDefault() ?? DeliveryDefaults.SingleService;
        section.File.Error(DeliveryIds.UnknownKey, $"the application has no web service '{YamlQuote.Short(name.Value)}' to preview; expected one of {string.Join(", ", web)}",
            name.Span, $"preview: {{ {meant}: 8081 }}", $"expected one of {string.Join(", ", web)}");
    }

    private static void Add(Section section, SortedDictionary<string, ListenAddress> preview, string service, YamlNode node)
    {
        if (node is not YamlScalar { IsNull: false } scalar) section.File.WrongType(node, "preview", "a port such as 8081", section.Shape.Line("preview"));
        else if (ServiceReader.Address(scalar.Value) is { } address) preview[service] = address;
        else section.File.Invalid(scalar, "preview", scalar.Value, "a port from 1 to 65535, or ADDRESS:PORT", section.Shape.Line("preview"));
    }
}
