using Signalbox.Cli.Terminal;
using Signalbox.Delivery.Detection;

namespace Signalbox.Cli.Initialising;

/// <summary>What <c>init</c> tells: each thing it found, why, and where; then what to type next.</summary>
internal static class InitText
{
    public static void Show(Session session, InitFile file, bool writes)
    {
        if (session.Json)
        {
            session.WriteJson(InitView.Of(file, writes && file.IsUsable), InitJson.Default.InitView);
            return;
        }
        if (file.Findings.Count > 0) FindingWriter.Write(file.Findings, session.Format, session.Out, session.Error);
        if (file.Application.Services.Count == 0) return;
        if (!writes)
        {
            session.Out.Write(file.Text);
            return;
        }
        foreach (var service in file.Application.Services) ShowService(session, service);
        if (file.IsUsable) Next(session, file);
    }

    private static void ShowService(Session session, ServiceProposal service)
    {
        session.Out.WriteLine($"{session.Paint.Bold(Shown(service.Name))}  {Shown(service.What)}  {session.Paint.Dim(Shown(service.Found.ToString()))}");
        foreach (var reason in Reasons.Of(service))
            session.Out.WriteLine($"  {reason.What,-9} {Shown(reason.Value)}{(reason.Why.Length > 0 ? session.Paint.Dim($"   {Shown(reason.Why)}") : "")}");
    }

    private static void Next(Session session, InitFile file)
    {
        var path = Path.GetDirectoryName(file.Path) is { Length: > 0 } directory ? " " + Words.Quote(directory) : "";
        session.Out.WriteLine($"wrote {file.Path}{(file.IgnorePath is null ? "" : $" and {file.IgnorePath}")}");
        session.Out.WriteLine($"next: signalbox up{path}       {(file.Application.Services.Any(service => service.Build is not null) ? "builds, starts and shows" : "starts it and shows")} where it serves\n      signalbox deploy{path}   takes the next change out, step by step\n      signalbox check{path}    says what is wrong with the file, after you changed it");
    }

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>One line of what was found.</summary>
internal sealed record ReasonView(string What, string Value, string Why, string? Source);

internal static class Reasons
{
    public static IEnumerable<ReasonView> Of(ServiceProposal service)
    {
        if (service.Build is { } build) yield return Line("build", build.Value.ReplaceLineEndings("; "), build);
        yield return Line("artifact", service.Artifact.Value, service.Artifact);
        yield return Line("command", string.Join(' ', service.Command.Value.Select(Words.Quote)), service.Command);
        foreach (var (name, value) in service.Environment) yield return Line("env", $"{name}={value.Value}", value);
        if (service.Port is { } port) yield return Line("port", port.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), port);
        if (service.Kind != Delivery.ServiceKind.Web) yield return new("kind", "worker", "no port was found", null);
        else if (service.Health is { } health) yield return Line("health", health.Value, health);
        else yield return new("health", "tcp", "no address for health was found", null);
        if (service.Sticky is { } sticky) yield return new("sticky", "clientAddress", sticky, null);
    }

    private static ReasonView Line<T>(string what, string value, Proposed<T> proposed) => new(what, value, proposed.Reason, proposed.At?.ToString());
}
