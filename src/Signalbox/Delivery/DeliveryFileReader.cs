using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Delivery;

/// <summary>A <c>signalbox.yaml</c> as read.</summary>
/// <param name="Path">The path as the user gave it; artifact paths are relative to its directory.</param>
/// <param name="Applications">With every default filled in; null where a finding is an error.</param>
/// <param name="Findings">Everything that is wrong, in order of place.</param>
public sealed record DeliveryFile(string Path, IReadOnlyList<Application>? Applications, IReadOnlyList<Finding> Findings)
{
    /// <summary>Where each service was written, for checks outside the file.</summary>
    internal IReadOnlyList<ServiceSite> Sites { get; init; } = [];
}

internal sealed record ServiceSite(string Application, string Environment, ServiceConfiguration Service, Location Artifact, Location Command, Location Port)
{
    /// <summary>Where the new release alone is seen before it switches, and where that was written; null where nowhere.</summary>
    public (ListenAddress Listen, Location At)? Preview { get; init; }
}

/// <summary>Reads <c>signalbox.yaml</c>: all that is wrong with it at once, each with its place and a line to paste. Never throws on what a file says.</summary>
public static class DeliveryFileReader
{
    public const string DefaultName = "signalbox.yaml";

    public const string ApiVersion = "signalbox/v1";

    /// <summary>Reads the file; one that cannot be opened is a finding too (<c>delivery-unreadable</c>).</summary>
    public static DeliveryFile ReadFile(string path)
    {
        try
        {
            return Read(YamlReader.ReadFile(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var missing = e is FileNotFoundException or DirectoryNotFoundException;
            var message = missing ? "there is no such file; expected a signalbox.yaml" : $"the file cannot be read: {e.Message.TrimEnd('.')}";
            var help = missing ? $"printf 'apiVersion: {ApiVersion}\\napplication: shop\\nprocess: {{ command: [node, server.js] }}\\nport: 8080\\n' > {path}" : $"ls -l {path}";
            return new(path, null, [Finding.Error(DeliveryIds.Unreadable, message, new(path), help)]);
        }
    }

    /// <param name="name">What findings call the file.</param>
    public static DeliveryFile Read(ReadOnlySpan<byte> utf8, string name = DefaultName) => Read(YamlReader.Read(utf8), name);

    private static DeliveryFile Read(YamlDocument document, string name)
    {
        var file = new FileContext(name, document.Text);
        foreach (var problem in document.Problems) file.Add(problem);
        var applications = document.Root is null or YamlScalar { IsNull: true } ? Nothing(file) : Applications(file, document.Root);
        var failed = file.Findings.Any(f => f.Severity == Severity.Error);
        var findings = file.Findings.Select(f => Handover.To(f, applications.Select(a => a.Value)));
        return new(name, failed ? null : [.. applications.Select(a => a.Value)], FindingOrder.Sort(findings))
        {
            Sites = [.. Sites(file, applications)],
        };
    }

    private static IReadOnlyList<ReadApplication> Nothing(FileContext file)
    {
        if (file.Findings.Count == 0)
            file.Error(DeliveryIds.Empty, "the file says nothing; expected an application", new(1, 1, 1), $"apiVersion: {ApiVersion}");
        return [];
    }

    private static IReadOnlyList<ReadApplication> Applications(FileContext file, YamlNode root) =>
        Section.Open(file, Shapes.File, root, "the file", $"apiVersion: {ApiVersion}") is { } section
            ? FileRules.Apply(file, ApplicationReader.ReadAll(section))
            : [];

    private static IEnumerable<ServiceSite> Sites(FileContext file, IReadOnlyList<ReadApplication> applications) =>
        from application in applications
        from environment in application.Environments
        from service in environment.Services
        select new ServiceSite(application.Value.Name, environment.Value.Name, service.Value,
            file.At(service.Artifact), file.At(service.Command), file.At(service.Port))
        {
            Preview = environment.Previews.TryGetValue(service.Value.Name, out var at) ? (environment.Value.Strategy.BlueGreen!.Preview[service.Value.Name], file.At(at)) : null,
        };
}
