using Signalbox.Audit.GitOps;

namespace Signalbox.Audit.Rules;

internal sealed class PlaintextSecretManifestRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "plaintext-secret-manifest", "Secret manifest with its value in Git", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "Base64 is not encryption",
        "Keep the value in a manager and let it make the Secret: External Secrets, Sealed Secrets or SOPS; then rotate what was in Git")
    {
        Details = "Placeholders, encrypted values, public certificates and settings (a file without any secret in it, a number, a switch, a path) are no secrets; a file that SOPS encrypted in part is judged by what it left in the clear. Literals of a `secretGenerator` are found, too. Beside a manager the finding is `secret-committed-beside-store`.",
    };

    public void Check(Repository repository, Report report)
    {
        if (SecretStores.Of(repository).First is not null) return;
        foreach (var (file, title, entry) in PlainSecrets.All(repository))
            report.In(file, entry, $"{title} has its value in Git", "base64 is not encryption");
    }
}
