using System.Globalization;
using System.Text;
using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery.Detection;

/// <summary>A proposal as a signalbox.yaml whose comments say why each line is as it is.</summary>
public static class DeliveryFileWriter
{
    /// <summary>A service level that a service without a history can promise: 3.6 hours of bad answers a month at most.</summary>
    private const string Availability = "99.5%";

    private const string Steps = "[{ weight: 5%, for: 10s }, { weight: 25%, for: 10s }, { weight: 50%, for: 10s }]";

    /// <summary>Tells an editor that speaks the YAML language server's comments where the file's JSON Schema lies, beside it.</summary>
    public const string SchemaLine = "# yaml-language-server: $schema=.signalbox/signalbox.schema.json";

    /// <returns>Text that <see cref="DeliveryFileReader"/> reads without an error.</returns>
    public static string Write(DetectedApplication application)
    {
        var text = new Lines();
        text.Add(0, SchemaLine);
        text.Comment(0, "Written by `signalbox init` from what it found here; from now on it is yours. `signalbox check` says what is wrong with it, and an editor that reads the line above completes it.");
        text.Add(0, $"apiVersion: {DeliveryFileReader.ApiVersion}");
        text.Add(0, $"application: {YamlText.Scalar(application.Application.Value)}   # {YamlText.Comment(application.Application.Reason)}");
        text.Add(0, "");
        WriteBuild(text, application.Services);
        if (application.Services is [{ Kind: ServiceKind.Web } only]) WriteService(text, 0, only);
        else
        {
            text.Add(0, "services:");
            foreach (var service in application.Services) WriteNamed(text, service);
        }
        text.Add(0, "");
        WriteEnvironments(text, application.Services);
        return text.ToString();
    }

    private static void WriteNamed(Lines text, ServiceProposal service)
    {
        text.Add(2, $"{YamlText.Scalar(service.Name)}:");
        if (service.Kind != ServiceKind.Web) text.Add(4, $"kind: {service.Kind.ToString().ToLowerInvariant()}   # no port was found; it is healthy while it runs");
        WriteService(text, 4, service);
    }

    private static void WriteBuild(Lines text, IReadOnlyList<ServiceProposal> services)
    {
        var builds = services.Select(service => service.Build).OfType<Proposed<string>>().DistinctBy(build => build.Value).ToList();
        if (builds.Count == 0) return;
        text.Comment(0, $"Runs here, by sh -e, before each `up` and `deploy`: {string.Join("; ", builds.Select(build => build.Reason).Distinct())}");
        text.Add(0, "pipeline:");
        text.Add(2, "build:");
        var script = string.Join('\n', builds.Select(build => build.Value));
        if (!script.Contains('\n') || !YamlText.IsBlock(script)) text.Add(4, $"run: {YamlText.Line(script)}");
        else
        {
            text.Add(4, "run: |");
            foreach (var line in script.Split('\n')) text.Add(6, line);
        }
        text.Add(0, "");
    }

    private static void WriteService(Lines text, int indent, ServiceProposal service)
    {
        text.Comment(indent, $"{service.What} ({service.Found}): {service.Command.Reason}");
        text.Add(indent, $"process: {{ command: {YamlText.List(service.Command.Value)} }}");
        text.Comment(indent, $"What is packed: {service.Artifact.Reason}");
        text.Add(indent, $"artifact: {YamlText.Scalar(service.Artifact.Value)}");
        var environment = service.Environment.Where(variable => ServiceReader.IsVariable(variable.Name) && variable.Name != "PORT" && !variable.Value.Value.Contains('\0')).DistinctBy(variable => variable.Name).ToList();
        if (environment.Count > 0) text.Add(indent, "env:");
        foreach (var (name, value) in environment)
            text.Add(indent + 2, $"{name}: {YamlText.Scalar(value.Value)}{(value.Reason.Length > 0 ? $"   # {YamlText.Comment(value.Reason)}" : "")}");
        if (service.Kind == ServiceKind.Web) WriteWeb(text, indent, service);
    }

    private static void WriteWeb(Lines text, int indent, ServiceProposal service)
    {
        var port = service.Port ?? new(8080, "no port of its own");
        text.Comment(indent, $"Where users come, on this machine alone; \"0.0.0.0:{port.Value}\" opens it to others. The program itself gets PORT. {port.Value}: {port.Reason}");
        text.Add(indent, string.Create(CultureInfo.InvariantCulture, $"port: {port.Value}"));
        WriteHealth(text, indent, service);
        if (service.Sticky is { } why)
        {
            text.Comment(indent, $"A visitor stays with one release while two run: {why}");
            text.Add(indent, "sticky: { clientAddress: true }");
        }
        text.Comment(indent, "What users may expect; a new release passes once it has shown fewer errors than ten times what this leaves (5%)");
        text.Add(indent, $"slo: {{ availability: {Availability} }}");
    }

    private static void WriteHealth(Lines text, int indent, ServiceProposal service)
    {
        var start = service.StartWithin is { } within ? string.Create(CultureInfo.InvariantCulture, $", startWithin: {within.TotalSeconds:0}s") : "";
        if (service.Health is { } health && HealthReader.IsPath(health.Value))
        {
            text.Comment(indent, $"Asked each second; who answers 200 to 399 gets requests. {health.Value}: {health.Reason}");
            text.Add(indent, $"health: {{ http: {YamlText.Scalar(health.Value)}{start} }}");
            return;
        }
        text.Comment(indent, "No address for health was found, so whoever listens counts as healthy. Better: one that answers 200 when all is well, as { http: /healthz }");
        text.Add(indent, $"health: {{ tcp: true{start} }}");
    }

    private static void WriteEnvironments(Lines text, IReadOnlyList<ServiceProposal> services)
    {
        text.Add(0, "environments:");
        text.Add(2, "- name: production");
        text.Add(4, "strategy:");
        text.Add(6, "canary:");
        if (services.All(service => service.Kind != ServiceKind.Web))
        {
            text.Comment(8, "Nothing here has traffic to judge: the new release takes over when it runs, and goes back where it does not stay up");
            text.Add(8, "steps: [{ weight: 100%, for: 10s }]");
            text.Add(8, "bake: 30s");
            text.Add(8, "analysis: false");
            return;
        }
        text.Comment(8, "Small steps: a bad release meets few users before it is taken back");
        text.Add(8, $"steps: {Steps}");
        text.Add(8, "bake: 30s");
        text.Comment(8, "Under about one request a second nothing can be proven in this time: it goes on, and \"undecided\" is in the record. With more traffic write onUndecided: hold, and it waits for you instead");
        text.Add(8, "analysis: { maxStepTime: 30s, onUndecided: advance }");
    }

    /// <summary>Lines at an indentation; comments are folded between words.</summary>
    private sealed class Lines
    {
        private const int Width = 110;

        private readonly StringBuilder _text = new();

        public void Add(int indent, string line) => _text.Append(line.Length > 0 ? new string(' ', indent) : "").Append(line).Append('\n');

        public void Comment(int indent, string text)
        {
            var line = "#";
            foreach (var word in YamlText.Comment(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 1 && indent + line.Length + 1 + word.Length > Width)
                {
                    Add(indent, line);
                    line = "#";
                }
                line += " " + word;
            }
            Add(indent, line);
        }

        public override string ToString() => _text.ToString();
    }
}
