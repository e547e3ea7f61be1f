using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>The hidden verb that completion scripts ask what a control plane knows by name. It never fails: a Tab has nobody to tell.</summary>
internal static class NamesVerb
{
    public const string Name = "complete-names";
    private const int MostRollouts = 20;

    /// <summary>Past it a person has typed on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Argument<string> Kind = new("KIND") { Description = "rollouts, releases, services, applications or environments" };

    public static Command Create()
    {
        var verb = new Verb(Name, "Print the names that a control plane knows, one a line.", $"signalbox {Name} rollouts") { Hidden = true };
        verb.Add(Kind);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var names = await NamesAsync(session).ConfigureAwait(false);
        if (session.Json) session.WriteJson(names, CliJson.Default.IReadOnlyListString);
        else foreach (var name in names) session.Out.WriteLine(name);
        return ExitCode.Yes;
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(Session session)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        limit.CancelAfter(Patience);
        try
        {
            using var client = session.TryConnect();
            return client is null ? [] : [.. (await AskAsync(client, session.Get(Kind)!, limit.Token).ConfigureAwait(false)).Where(IsPlain).Distinct()];
        }
        catch (Exception e) when (e is SignalboxException or HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A shell gets it as a word: one that could be more than that, or an option, is left out.</summary>
    internal static bool IsPlain(string? name) =>
        name is { Length: > 0 } && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '@' or '/' or '-');

    private static async Task<IEnumerable<string>> AskAsync(ControlPlaneClient client, string kind, CancellationToken cancel)
    {
        if (kind is "rollouts" or "releases")
        {
            var rollouts = await client.RolloutsAsync(new(Limit: MostRollouts), cancel).ConfigureAwait(false);
            return rollouts.Select(rollout => kind == "rollouts" ? rollout.Id : rollout.Release);
        }
        var tracks = (await client.StatusAsync(cancel).ConfigureAwait(false)).Tracks;
        return kind switch
        {
            "services" => tracks.SelectMany(track => track.Services).Select(service => service.Service),
            "applications" => tracks.Select(track => track.Application),
            "environments" => tracks.Select(track => track.Environment),
            _ => [],
        };
    }
}
