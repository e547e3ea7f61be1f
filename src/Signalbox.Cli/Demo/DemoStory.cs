using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Example;

namespace Signalbox.Cli.Demo;

/// <summary>v1 goes out; v2, which is good, takes over by canary; v3, of whose requests a tenth fails, is taken back.</summary>
internal sealed class DemoStory(DemoScene scene, Session session) : IAsyncDisposable
{
    private const int RequestsPerSecond = 300;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly Traffic _traffic = new(scene.Address, RequestsPerSecond);

    public async Task<DemoView> RunAsync()
    {
        await Daemons.EnsureRunningAsync(scene.State, session.Say, session.Cancel).ConfigureAwait(false);
        using var client = ControlPlaneClient.Connect(scene.State);
        var first = await DeployAsync(client, new("v1"), "v1 goes out").ConfigureAwait(false);
        _traffic.Start();
        session.Say($"\n{RequestsPerSecond} requests/s (GET and POST) now arrive at {scene.Address}");
        await Task.Delay(Quiet, session.Cancel).ConfigureAwait(false);
        var second = await DeployAsync(client, new("v2"), "v2 goes out by canary").ConfigureAwait(false);
        await Task.Delay(Quiet, session.Cancel).ConfigureAwait(false);
        var third = await DeployAsync(client, new("v3", FailPercent: 10), "v3 goes out; 10 % of its requests fail").ConfigureAwait(false);
        await Task.Delay(Quiet, session.Cancel).ConfigureAwait(false);
        return Conclude([first, second, third]);
    }

    public IReadOnlyList<Answer> Answers => _traffic.Answers;

    public ValueTask DisposeAsync() => _traffic.DisposeAsync();

    private async Task<string> DeployAsync(ControlPlaneClient client, ExampleBehaviour behaviour, string title)
    {
        session.Say($"\n{session.Paint.Bold(title)}");
        scene.Write(behaviour);
        var file = await DeployFile.ReadAsync(scene.Application, session).ConfigureAwait(false);
        var deployed = await new Deployment(client, session, file).RunAsync(file.Applications[0], null, wait: true).ConfigureAwait(false);
        session.Cancel.ThrowIfCancellationRequested();
        return deployed.View.Rollout!.Phase;
    }

    private DemoView Conclude(IReadOnlyList<string> outcomes)
    {
        var answers = _traffic.Answers;
        var felt = Felt.Of(answers);
        return new(AsTold(outcomes, felt, answers), outcomes, felt);
    }

    /// <summary>The ends of the three rollouts, failures from v3 alone, and v2 serving at the end.</summary>
    private static bool AsTold(IReadOnlyList<string> outcomes, IReadOnlyList<Felt> felt, IReadOnlyList<Answer> answers) =>
        outcomes is ["Succeeded", "Succeeded", "RolledBack"]
        && felt.All(f => f.Failures == 0 || f.Version == "v3")
        && felt.Any(f => f is { Version: "v3", Failures: > 0 })
        && answers.MaxBy(a => a.At).Version == "v2";
}

/// <summary>What <c>demo</c> answers in JSON.</summary>
/// <param name="Outcomes">How the three rollouts ended.</param>
internal sealed record DemoView(bool AsTold, IReadOnlyList<string> Outcomes, IReadOnlyList<Felt> Felt);
