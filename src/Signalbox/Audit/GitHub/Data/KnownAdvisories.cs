namespace Signalbox.Audit.GitHub.Data;

/// <param name="From">The first version affected, inclusive.</param>
/// <param name="Fixed">The first version that is not affected; null where there is none.</param>
internal sealed record ActionAdvisory(string Id, string Name, string From, string? Fixed, string Summary);

/// <summary>Published advisories of actions (github.com/advisories, ecosystem "GitHub Actions").</summary>
internal static class KnownAdvisories
{
    public static IEnumerable<ActionAdvisory> Of(string name) => s_all.Where(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static readonly ActionAdvisory[] s_all =
    [
        new("GHSA-cxww-7g56-2vh6", "actions/download-artifact", "4", "4.1.3", "a crafted artifact writes outside its folder"),
        new("GHSA-mcph-m25j-8j63", "tj-actions/changed-files", "0", "41", "file names run as commands"),
        new("GHSA-mrrh-fwg8-r2c3", "tj-actions/changed-files", "0", "46.0.1", "its tags were moved to code that prints secrets (March 2025)"),
        new("GHSA-8v8w-v8xg-79rf", "tj-actions/branch-names", "0", "7.0.7", "branch names run as commands"),
        new("GHSA-ghm2-rq8q-wrhc", "tj-actions/verify-changed-files", "0", "17", "file names run as commands"),
        new("GHSA-qmg3-hpqr-gqvc", "reviewdog/action-setup", "1", "1.0.1", "its tag was moved to code that prints secrets (March 2025)"),
        new("GHSA-4mgv-m5cm-f9h7", "hashicorp/vault-action", "0", "2.2.0", "secrets of several lines are not masked"),
        new("GHSA-4xqx-pqpj-9fqw", "atlassian/gajira-create", "0", "2.0.1", "issue text runs as code"),
        new("GHSA-f9qj-7gh3-mhj4", "kartverket/github-workflows/.github/workflows/run-terraform.yml", "0", "2.7.5", "a plan runs code"),
        new("GHSA-g86g-chm8-7r2p", "check-spelling/check-spelling", "0", "0.0.19", "a link leaks the token"),
        new("GHSA-634p-93h9-92vh", "some-natalie/ghas-to-csv", "0", "1", "formulas in its output are not made harmless"),
        new("GHSA-7f32-hm4h-w77q", "rlespinasse/github-slug-action", "0", "1.1.1", "it sets variables through withdrawn commands"),
        new("GHSA-6q4m-7476-932w", "rlespinasse/github-slug-action", "4", "4.4.1", "branch names run as code"),
        new("GHSA-p756-rfxh-x63h", "azure/setup-kubectl", "0", "3", "kubectl is writable for everyone"),
        new("GHSA-rg3q-prf8-qxmp", "embano1/wip", "0", "2", "titles of pull requests run as commands"),
        new("GHSA-h3qr-39j9-4r5v", "gradle/gradle-build-action", "0", "2.4.2", "the cache may hold secrets"),
        new("GHSA-hw6r-g8gj-2987", "pytorch/pytorch/.github/actions/filter-test-configs", "0", "2.0.1", "branch names run as code"),
        new("GHSA-xj87-mqvh-88w2", "fish-shop/syntax-check", "0", "1.6.12", "file names run as commands"),
        new("GHSA-7x29-qqmq-v6qc", "ultralytics/actions", "0", "0.0.3", "branch names run as code"),
        new("GHSA-pwf7-47c3-mfhx", "j178/prek-action", "0", "1.0.6", "its inputs run as code"),
    ];
}
