namespace Signalbox.Audit.GitHub.Data;

/// <summary>Owners whose identity GitHub's marketplace has checked (github.com/marketplace, filter "Verified creators", as of April 2026).</summary>
internal static class VerifiedCreators
{
    public static bool Contains(string owner) => s_owners.Contains(owner);

    private static readonly HashSet<string> s_owners = new(StringComparer.OrdinalIgnoreCase)
    {
        "1password", "42crunch", "actionforge", "actions", "acunetix360", "adobe", "advanced-security", "aikidosec", "algolia", "algorithmiaio",
        "algosec", "aliyun", "altostra", "anchore", "ansible", "apisec-inc", "appdome", "aquasecurity", "armbian", "armory", "asana", "athenianco",
        "atlanhq", "atlassian", "authzed", "autifyhq", "autometrics-dev", "aws-actions", "axosoft", "azure", "bearer", "beyondtrust", "bitovi",
        "boostsecurityio", "bridgecrewio", "browserstack", "buildkite", "buildless", "bump-sh", "bytebase", "charmbracelet", "checkmarx",
        "checkmarx-ts", "cloud-maker-ai", "cloudflare", "cloudnation-nl", "cloudposse", "cloudsmith-io", "coalfire", "codacy", "codeclimate",
        "codecov", "codefresh-io", "codesee-io", "configcat", "coverallsapp", "crowdstrike", "cyberark", "cypress-io", "dagger", "dapr",
        "databricks", "datadog", "datarobot-oss", "datreeio", "deepsourcecorp", "defensecode", "denoland", "dependabot", "depot", "designitetools",
        "determinatesystems", "devcontainers", "devcyclehq", "developermetrics", "devops-actions", "digitalocean", "docker", "elide-dev", "elmahio",
        "endorlabs", "ermetic", "errata-ai", "escape-technologies", "eviden-actions", "explore-dev", "expo", "facebook", "faros-ai", "fiberplane",
        "flatt-security", "formspree", "fortify", "fossas", "game-ci", "garden-io", "garnet-org", "genymobile", "getsentry", "git-for-windows",
        "github", "glueops", "gobeyondidentity", "gocardless", "godaddy", "goit", "golang", "google-github-actions", "goreleaser", "gorillastack",
        "graalvm", "gradle", "gruntwork-io", "guardsquare", "hashicorp", "honeycombio", "hopinc", "hubspot", "huggingface", "ibm", "infracost",
        "ionic-team", "iterative", "jetbrains", "jfrog", "jreleaser", "jscrambler", "keeper-security", "kittycad", "ksoclabs", "lacework",
        "lambdatest", "launchdarkly", "leanix", "legit-labs", "lightlytics", "lightstep", "linear-b", "liquibase", "liquibase-github-actions",
        "livecycle", "lob", "localstack", "mablhq", "matlab-actions", "mergifyio", "microsoft", "mobb-dev", "mobsf", "mockoon", "mondoohq",
        "nearform-actions", "netsparker", "newrelic", "nextchaptersoftware", "nightfallai", "nitrictech", "nobl9", "northflank", "noteable-io",
        "nowsecure", "nuget", "nullify-platform", "octokit", "octopusdeploy", "okteto", "olympix", "opencontextinc", "oracle-actions",
        "orcasecurity", "ossf", "oxsecurity", "pachyderm", "pagerduty", "paloaltonetworks", "pangeacyber", "paperspace", "parasoft", "perforce",
        "phrase", "phylum-dev", "planetscale", "plivo", "ponicode", "portswigger", "portswigger-cloud", "prefecthq", "probely", "projectdiscovery",
        "psalm", "pypa", "qualityclouds", "rainforestapp", "rapid7", "rapidapi", "readmeio", "redefinedev", "redhat-actions", "rematocorp",
        "restackio", "reversinglabs", "rigs-it", "rootlyhq", "ruby", "rubygems", "saucelabs", "scalacenter", "scaleway", "sec0ne",
        "securecodewarrior", "securestackco", "servicenow", "shipa-corp", "shipyard", "shopify", "shundor", "sigstore", "slackapi", "snaplet",
        "snyk", "sodadata", "solidify", "sonarsource", "soos-io", "sourcegraph", "spacelift-io", "speakeasy-api", "stackhawk", "stackql",
        "step-security", "sturdy-dev", "supabase", "superfly", "swdotcom", "swimmio", "synopsys-sig", "sysdiglabs", "tailscale", "taktile-org",
        "taraai", "teamwork", "teleport-actions", "testspace-com", "tidbcloud", "trufflesecurity", "trunk-io", "tryghost", "turbot", "twilio-labs",
        "typeform", "uffizzicloud", "upwindsecurity", "veracode", "verimatrix", "whiteducksoftware", "whitesource", "wpengine", "xpiritbv", "xygeni",
        "yesolutions", "zaproxy",
    };
}
