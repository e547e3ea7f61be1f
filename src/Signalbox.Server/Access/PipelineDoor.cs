using Signalbox.Identities;
using Signalbox.Ledger;

namespace Signalbox.Server.Access;

/// <summary>A job's token that is good here: as whom, with what, until when.</summary>
/// <param name="Once">The token is spent under it.</param>
internal sealed record Admitted(IdentityRule Rule, Scope Scopes, string Once);

/// <summary>Lets CI jobs in by their own tokens, so that no CI system keeps a secret of ours.</summary>
internal sealed class PipelineDoor(ServeOptions options, TokenRegistry tokens) : IDisposable
{
    private readonly IssuerKeys _keys = new(options.Time);

    private string Path => options.Identities ?? System.IO.Path.Combine(options.StateDirectory, "identities.yaml");

    /// <summary>Read anew for each token: who is let in changes without a restart.</summary>
    /// <returns>Null where no job is let in at all.</returns>
    /// <exception cref="Http.ApiException">503: the file cannot be read, so nothing can be decided.</exception>
    public IdentityRules? Rules()
    {
        if (options.Identities is null && !File.Exists(Path)) return null;
        var file = IdentityRulesReader.Read(Read(), Path);
        return file.Rules ?? throw new Http.ApiException(503, "identities-invalid", $"whose jobs are let in cannot be read: {file.Findings[0].Message}", file.Findings[0].Help);
    }

    /// <exception cref="TokenRefusedException">The token is not good, not for us, spent, or nobody's who is let in.</exception>
    /// <exception cref="IssuerUnavailableException">Its issuer's keys cannot be had.</exception>
    public async Task<Admitted> AdmitAsync(string token, IdentityRules rules, CancellationToken cancel)
    {
        // an issuer comes from the configuration: the token only says which of them it is to be held against
        var issuer = rules.IssuerOf(JsonWebSignature.UnverifiedIssuer(token)) ?? throw new TokenRefusedException("the token's issuer is none of those whose jobs are let in");
        var keys = await _keys.ForAsync(issuer, JsonWebSignature.KeyIdOf(token), cancel).ConfigureAwait(false);
        var identity = PipelineToken.Verify(token, keys, issuer.Address, rules.AudienceOf(issuer), options.Time.GetUtcNow());
        var rule = rules.RuleFor(identity) ?? throw new TokenRefusedException("no rule lets in the job that the token is of");
        if (!Scopes.TryParse(rule.Scopes, out var scopes)) throw new TokenRefusedException("the rule that lets the job in gives it nothing");
        return tokens.TrySpend(identity.Once, identity.Expires + PipelineToken.Skew) ? new(rule, scopes, identity.Once) : throw new TokenRefusedException("the token was used before; expected a new one for each exchange");
    }

    /// <summary>Who acts in the ledger where a job is let in.</summary>
    public static Principal Actor => new("system:pipelines");

    private byte[] Read()
    {
        try
        {
            return File.ReadAllBytes(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Http.ApiException(503, "identities-unreadable", $"whose jobs are let in cannot be read: {e.Message.TrimEnd('.')}", $"ls -l {Path}");
        }
    }

    public void Dispose() => _keys.Dispose();
}
