using Signalbox.Audit.GitOps;

namespace Signalbox.Audit.Rules;

internal sealed class SecretCommittedBesideStoreRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "secret-committed-beside-store", "Plain Secret manifest beside a secret store", Theme.GitOps, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "external-secrets"],
        "The store is bypassed and the value is in Git",
        "Move the value into the store that is already there, and rotate it")
    {
        Details = "A manager is External Secrets, Sealed Secrets, SOPS, the Secrets Store CSI driver, Vault's or 1Password's operator and the like, anywhere in the repository. Without one the finding is `plaintext-secret-manifest`.",
    };

    public void Check(Repository repository, Report report)
    {
        var stores = SecretStores.Of(repository);
        if (stores.First is not { } first) return;
        foreach (var (file, title, entry) in PlainSecrets.All(repository))
            report.In(file, entry, $"{title} has its value in Git, although there is {first}", "expected it in the store", related: stores.Place!);
    }
}
