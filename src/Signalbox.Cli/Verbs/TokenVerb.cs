using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class TokenVerb
{
    /// <summary>As the control plane has it.</summary>
    private const int MostDays = 366;

    private static readonly Argument<string> Principal = new("PRINCIPAL") { Description = "who acts with it; every ledger event names it" };
    private static readonly Option<string[]> Scopes = new("--scope")
    {
        Description = "what it may do; repeat for several (read, logs, deploy, operate, evidence, approve, report, metrics, admin, or a role: viewer, deployer, approver)",
        HelpName = "SCOPE",
        DefaultValueFactory = _ => ["read"],
    };
    private static readonly Option<int> Days = new Option<int>("--days") { Description = "valid for this many days", HelpName = "N", DefaultValueFactory = _ => 30 }.Within(1, MostDays);
    private static readonly Option<string?> Application = new("--app") { Description = "it is for this application alone", HelpName = "APPLICATION" };
    private static readonly Option<string?> Environment = new("--env") { Description = "it is for this environment alone", HelpName = "ENVIRONMENT" };
    private static readonly Option<string> Out = new("--out") { Description = "the file that it goes into, its owner's alone; then name it in SIGNALBOX_TOKEN_FILE", HelpName = "FILE", Required = true };
    private static readonly Argument<string> Id = new("TOKEN") { Description = "the token's id, as `token list` shows it" };

    public static Command Create() => Verb.Group("token", "Create, list and revoke access tokens, or get one for a CI job's own.", CreateToken(), List(), Revoke(), Exchange());

    private static Verb CreateToken()
    {
        var verb = new Verb("create", "Create a token and print it once; only its hash is kept.",
            "signalbox token create ci --scope read --scope deploy --days 90", "signalbox token create ci:shop --scope deployer --app shop --env staging");
        verb.Add(Principal);
        foreach (var option in new Option[] { Scopes, Application, Environment, Days }) verb.Add(option);
        return verb.Asks(CreateAsync);
    }

    private static Verb List() => new Verb("list", "List tokens: whose, what for, until when.", "signalbox token list").Asks(ListAsync);

    private static Verb Revoke()
    {
        var verb = new Verb("revoke", "Make a token worthless at once.", "signalbox token revoke tok-2");
        verb.Add(Id);
        return verb.Asks(RevokeAsync);
    }

    private static Verb Exchange()
    {
        var verb = new Verb("exchange", "Get a short-lived token for the one that a CI job has of its platform, where several commands of the job need it: the job's own is taken once.",
            "signalbox token exchange --out signalbox.token --url https://signalbox.example.com", "SIGNALBOX_TOKEN_FILE=signalbox.token signalbox deploy --url https://signalbox.example.com");
        verb.Add(Out);
        return verb.Asks(ExchangeAsync);
    }

    private static async Task<int> ExchangeAsync(Session session)
    {
        var token = session.Remote?.Token ?? throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "url-missing", $"nothing says whom the job's token is for; expected --url or {ControlPlaneUrl.Variable}", new("command line"), "signalbox token exchange --out signalbox.token --url https://signalbox.example.com"));
        var created = await token.ExchangeAsync(session.Cancel).ConfigureAwait(false);
        AtomicFile.Write(Path.GetFullPath(session.Get(Out)!), System.Text.Encoding.ASCII.GetBytes(created.Token + "\n"), AtomicFile.ForOwner);
        if (session.Json) session.WriteJson(created.View, ApiJson.Default.TokenView);
        else session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{created.View.Principal} has {string.Join(',', created.View.Scopes)} until {created.View.ExpiresAt.UtcDateTime:HH:mm} UTC: {session.Get(Out)}"));
        return ExitCode.Yes;
    }

    private static async Task<int> CreateAsync(Session session)
    {
        using var client = session.Connect();
        var request = new CreateToken(session.Get(Principal)!, session.Get(Scopes) ?? [], TimeSpan.FromDays(session.Get(Days)), session.Get(Application), session.Get(Environment));
        var created = await client.CreateTokenAsync(request, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(created, ApiJson.Default.TokenCreated);
        else session.Out.WriteLine(created.Token);
        return ExitCode.Yes;
    }

    private static async Task<int> ListAsync(Session session)
    {
        using var client = session.Connect();
        var tokens = await client.TokensAsync(session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(tokens, ApiJson.Default.IReadOnlyListTokenView);
            return ExitCode.Yes;
        }
        foreach (var token in tokens)
            session.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{token.Id,-20} {token.Principal,-20} {string.Join(',', token.Scopes),-24} {token.Application ?? "*"}/{token.Environment ?? "*",-16} until {token.ExpiresAt:yyyy-MM-dd}"));
        return ExitCode.Yes;
    }

    private static async Task<int> RevokeAsync(Session session)
    {
        using var client = session.Connect();
        var id = session.Get(Id)!;
        await client.RevokeTokenAsync(id, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(new DoneView(true, $"{id} is revoked"), CliJson.Default.DoneView);
        else session.Out.WriteLine($"{id} is revoked");
        return ExitCode.Yes;
    }
}
